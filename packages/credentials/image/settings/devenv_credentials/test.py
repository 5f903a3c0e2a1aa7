"""The checkout's settings for its tests."""
from credentials.settings.test import *  # noqa: F403
from devenv_credentials.left_out import there

INSTALLED_APPS = there(INSTALLED_APPS)  # noqa: F405

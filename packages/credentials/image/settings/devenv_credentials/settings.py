"""The checkout's settings for devstack, at the addresses of this environment."""
from credentials.settings.devstack import *  # noqa: F403
from devenv_credentials.left_out import there

EVENT_BUS_REDIS_CONNECTION_URL = 'redis://redis:6379/'
INSTALLED_APPS = there(INSTALLED_APPS)  # noqa: F405

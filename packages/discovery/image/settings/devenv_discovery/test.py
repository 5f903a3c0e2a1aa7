"""The checkout's test settings, with the one difference that artifacts live outside the checkout."""
from course_discovery.settings.test import *
from devenv_discovery.paths import with_artifacts

with_artifacts(globals())

"""Which of Studio's own pages are shown, in the place of a micro-frontend's."""
from edx_toggles.toggles import WaffleFlag

LEGACY_HOME = WaffleFlag('legacy_studio.home', __name__)
LEGACY_LIBRARIES = WaffleFlag('legacy_studio.libraries', __name__)

"""
Studio's own pages, which upstream shows behind the flags legacy_studio.*: on where the micro-frontend `authoring` does not
run, off where it does. Safe to repeat. Runs with Studio's settings.
"""
from importlib import import_module

import django

django.setup()

# pylint: disable=wrong-import-position
from edx_toggles.toggles import WaffleFlag

from devenv_edx_platform.flags import set_flags
from devenv_edx_platform.mfe import PRESENT

if __name__ == '__main__':
    import_module('cms.djangoapps.contentstore.toggles')
    names = sorted(flag.name for flag in WaffleFlag.get_instances() if flag.name.startswith('legacy_studio.'))
    running = 'authoring' in PRESENT
    set_flags(names, not running, f'authoring is {"" if running else "not "}running')

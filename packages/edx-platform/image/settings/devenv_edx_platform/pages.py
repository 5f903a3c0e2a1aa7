"""
Whose pages are shown: a micro-frontend's where it runs, else the platform's own. Waffle flags say so; Studio's own pages are behind
legacy_studio.*. Safe to repeat. Runs with Studio's settings: LMS and Studio have one database.
"""
from importlib import import_module

import django

django.setup()

# pylint: disable=wrong-import-position
from edx_toggles.toggles import WaffleFlag
from waffle.models import Flag

from devenv_edx_platform.flags import set_flags
from devenv_edx_platform.mfe import PRESENT

# Micro-frontend to flags that are on while it runs.
FLAGS = {
    'discussions': ['discussions.enable_discussions_mfe', 'discussions.pages_and_resources_mfe'],
    'learner-dashboard': ['learner_home_mfe.enabled'],
    'learning': ['course_home.course_home_mfe_progress_tab', 'courseware.enable_navigation_sidebar'],
}


def about(name):
    return f'{name} is {"" if name in PRESENT else "not "}running'


if __name__ == '__main__':
    import_module('cms.djangoapps.contentstore.toggles')
    studio = sorted(flag.name for flag in WaffleFlag.get_instances() if flag.name.startswith('legacy_studio.'))
    set_flags(studio, 'authoring' not in PRESENT, about('authoring'))
    for name, flags in FLAGS.items():
        # Off they are anyway, where nobody has switched them on.
        known = [*Flag.objects.filter(name__in=flags).values_list('name', flat=True)]
        set_flags(flags if name in PRESENT else known, name in PRESENT, about(name))

"""What this environment is: its addresses, what runs in it, and where the image keeps what a mount would hide."""
import os
from urllib.parse import urlsplit

CODE = '/edx/app/edx-platform/edx-platform'
TREE = '/edx/var/edx-platform/tree'  # the checkout with what is built from it: image/assets/tree

# As the browser sees them; devenv chose the ports. The names of cookies hold the LMS's: a browser sends cookies to all
# ports of a host, so that two checkouts would sign each other out.
LMS_URL = os.environ.get('DEVENV_URL_18000', 'http://localhost:18000')
CMS_URL = os.environ.get('DEVENV_URL_18010', 'http://localhost:18010')
LMS_HOST = urlsplit(LMS_URL).netloc
CMS_HOST = urlsplit(CMS_URL).netloc
LMS_PORT = urlsplit(LMS_URL).port

# Both run in this container.
LMS_INTERNAL_URL = 'http://localhost:18000'
CMS_INTERNAL_URL = 'http://localhost:18010'

ABSENT = '/devenv/absent/'

HAS_SEARCH = 'meilisearch' not in os.environ.get('DEVENV_WITHOUT', '').split(',')

# Meilisearch derives a key from its master key and the key's uid.
MEILISEARCH_MASTER_KEY = 'devenv-development-only'
MEILISEARCH_KEY_UID = 'de7e0000-0000-4000-8000-000000000001'


def absent(own_url, name):
    """Where a page says that `name` does not run. `own_url`: of the LMS or of Studio; both answer there."""
    return f'{own_url}{ABSENT}{name}'


def runs(program):
    """Whether a program was chosen to run (PROGRAMS)."""
    return os.path.lexists(f'/run/devenv/programs/{program}.conf')


class With:
    """True while a program runs: others may be chosen while this process goes on."""

    def __init__(self, program):
        self.program = program

    def __bool__(self):
        return runs(self.program)

    def __repr__(self):
        return f'{type(self).__name__.lower()} {self.program}: {bool(self)}'


class Without(With):
    """True while it does not."""

    def __bool__(self):
        return not super().__bool__()


def in_tree(directories):
    """Folders of static files, in the checkout, as folders in the tree."""
    return [TREE + str(path)[len(CODE):] if str(path).startswith(f'{CODE}/') else path for path in directories]

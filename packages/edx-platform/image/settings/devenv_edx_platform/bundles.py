"""How pages find their bundles: webpack_loader's own way, but for stats of which only a part is written, and for stats
that say "compiling" though nobody compiles."""
import fcntl
import time

from django.utils.module_loading import import_string
from webpack_loader.config import DEFAULT_CONFIG

POLL = 0.1  # s
POLLS = 600
LOCK = '/edx/var/edx-platform/webpack-cache.lock'  # assets/webpack holds it while it builds
KILLED = {
    'status': 'error',
    'error': 'webpack was killed while it compiled, and the program "webpack" does not run',
    'message': 'make dev.watch PROGRAMS=all starts it.',
}


class Loader(import_string(DEFAULT_CONFIG['DEFAULT']['LOADER_CLASS'])):
    """webpack-bundle-tracker empties the file before it writes it, at the begin and at the end of each build."""

    def load_assets(self):
        for _ in range(POLLS):
            try:
                assets = super().load_assets()
                break
            except ValueError:
                time.sleep(POLL)
        else:
            assets = super().load_assets()
        return assets if assets.get('status') != 'compiling' or is_held(LOCK) else dict(KILLED)


def is_held(path):
    try:
        with open(path, encoding='utf-8') as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False

"""How pages find their bundles: webpack_loader's own way, but for stats of which only a part is written."""
import time

from django.utils.module_loading import import_string
from webpack_loader.config import DEFAULT_CONFIG

POLL = 0.1  # s
POLLS = 600


class Loader(import_string(DEFAULT_CONFIG['DEFAULT']['LOADER_CLASS'])):
    """webpack-bundle-tracker empties the file before it writes it, at the begin and at the end of each build."""

    def load_assets(self):
        for _ in range(POLLS):
            try:
                return super().load_assets()
            except ValueError:
                time.sleep(POLL)
        return super().load_assets()

"""Where webpack has put what."""
import json
import os

from django.conf import settings


def urls_of(name):
    with open(os.path.join(settings.STATIC_ROOT, 'webpack-stats.json'), encoding='utf-8') as file:
        return [f'{settings.STATIC_URL}bundles/{asset}' for asset in json.load(file)['chunks'][name]]

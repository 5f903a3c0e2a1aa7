"""The key and the indexes that Meilisearch has to have. Safe to repeat. Runs with the LMS's settings."""
import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import django

django.setup()

# pylint: disable=wrong-import-position
from django.conf import settings
from search.meilisearch import create_indexes

from devenv_edx_platform.environment import MEILISEARCH_KEY_UID, MEILISEARCH_MASTER_KEY


def ensure_key():
    """The key whose value follows from the master key and its uid, and which settings.MEILISEARCH_API_KEY is."""
    key = {
        'uid': MEILISEARCH_KEY_UID,
        'name': 'devenv',
        'description': 'Open edX',
        'actions': ['*'],
        'indexes': [f'{settings.MEILISEARCH_INDEX_PREFIX}*'],
        'expiresAt': None,
    }
    request = Request(
        f'{settings.MEILISEARCH_URL}/keys',
        data=json.dumps(key).encode(),
        headers={'Authorization': f'Bearer {MEILISEARCH_MASTER_KEY}', 'Content-Type': 'application/json'},
    )
    try:
        urlopen(request, timeout=30).close()
    except HTTPError as error:
        if json.load(error).get('code') != 'api_key_already_exists':
            raise


if __name__ == '__main__':
    ensure_key()
    create_indexes()
    print('search: the key and the indexes are there')

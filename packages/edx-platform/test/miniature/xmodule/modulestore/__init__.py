from functools import cache

from django.conf import settings
from pymongo import MongoClient


@cache
def modulestore():
    config = settings.MODULESTORE['default']['DOC_STORE_CONFIG']
    return MongoClient(config['host'], config['port'], serverSelectionTimeoutMS=2000)[config['db']]

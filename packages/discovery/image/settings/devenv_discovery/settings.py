"""
The checkout's devstack settings, pointed at this environment's servers and at its own address.

Nothing here reaches the network. A developer's own course_discovery/settings/private.py has the last word.
"""
import os
from copy import deepcopy
from urllib.parse import urlsplit

from course_discovery.settings.devstack import *
from devenv_discovery.lms import with_lms
from devenv_discovery.paths import with_artifacts

# The address that the browser sees; devenv chose the port.
URL = os.environ.get('DEVENV_URL', 'http://localhost:18381')

ALLOWED_HOSTS = ['*']
CSRF_TRUSTED_ORIGINS = (*CSRF_TRUSTED_ORIGINS, URL)
DISCOVERY_BASE_URL = URL
MEDIA_URL = URL + LOCAL_DISCOVERY_MEDIA_URL
ORG_BASE_LOGO_URL = MEDIA_URL

# Browsers do not tell ports apart: two environments would sign each other out.
PORT = urlsplit(URL).port
SESSION_COOKIE_NAME = f'{SESSION_COOKIE_NAME}_{PORT}'
CSRF_COOKIE_NAME = f'{CSRF_COOKIE_NAME}_{PORT}'
LANGUAGE_COOKIE_NAME = f'{LANGUAGE_COOKIE_NAME}_{PORT}'
# Django's usual one puts messages into a cookie that every service calls `messages`.
MESSAGE_STORAGE = 'django.contrib.messages.storage.session.SessionStorage'

DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.mysql',
        'HOST': 'mysql',
        'PORT': '3306',
        'NAME': 'discovery',
        'USER': 'discov001',
        'PASSWORD': 'password',
        'ATOMIC_REQUESTS': False,
        'OPTIONS': {'charset': 'utf8mb4'},
    },
}
DATABASES['read_replica'] = {**deepcopy(DATABASES['default']), 'TEST': {'MIRROR': 'default'}}

CACHES = {
    'default': {
        'BACKEND': 'django.core.cache.backends.memcached.PyMemcacheCache',
        'LOCATION': 'memcached:11211',
        'KEY_PREFIX': 'discovery',
        'OPTIONS': {'no_delay': True, 'ignore_exc': True, 'use_pooling': True},
    },
}

# Django keeps templates in memory, and only its own reloader, which does not run here, forgets those that are saved.
for _engine in TEMPLATES:
    _engine['APP_DIRS'] = False
    _engine['OPTIONS']['loaders'] = [
        'django.template.loaders.filesystem.Loader',
        'django.template.loaders.app_directories.Loader',
    ]

ELASTICSEARCH_CLUSTER_URL = 'http://elasticsearch:9200/'
ELASTICSEARCH_DSL['default']['hosts'] = ELASTICSEARCH_CLUSTER_URL
ELASTICSEARCH_DSL_INDEX_SETTINGS = {**ELASTICSEARCH_DSL_INDEX_SETTINGS, 'number_of_replicas': 0}  # there is one node

CELERY_BROKER_URL = 'redis://redis:6379/0'
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ALWAYS_EAGER = False
EVENT_BUS_REDIS_CONNECTION_URL = 'redis://redis:6379/1'

EMAIL_BACKEND = 'django.core.mail.backends.console.EmailBackend'

with_artifacts(globals())
with_lms(globals())


# Upstream's loggers write to the console and pass on to the root logger, which writes the same again.
for _name, _logger in LOGGING['loggers'].items():
    if _name and _logger.get('propagate', True):
        _logger['handlers'] = []

LOGGING['loggers']['django.server'] = {'handlers': ['console'], 'level': 'INFO', 'propagate': False}

try:
    from course_discovery.settings.private import *
except ModuleNotFoundError as problem:
    if problem.name != 'course_discovery.settings.private':
        raise

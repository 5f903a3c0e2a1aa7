"""
The settings that LMS and Studio have in common, in upstream's layers: what does not depend on where it runs, then the file
that LMS_CFG or CMS_CFG names, then devstack's, which come after the file and so win over it.
"""
import os
from pathlib import Path

import yaml

from openedx.plugins import plugins

REPO_ROOT = Path(__file__).resolve().parent.parent

# What the file says of these is laid over what is there; of all others it replaces it.
MERGED = {'FEATURES', 'JWT_AUTH'}


def memcached(prefix):
    return {
        'BACKEND': 'django.core.cache.backends.memcached.PyMemcacheCache',
        'LOCATION': ['localhost:11211'],
        'KEY_PREFIX': prefix,
        'KEY_FUNCTION': 'openedx.core.visits.keys.without_spaces',
    }


def common(service):
    """`service`: lms or cms."""
    static_root = Path(os.environ.get(f'STATIC_ROOT_{service.upper()}', REPO_ROOT / 'test_root'))
    return {
        'ROOT_URLCONF': f'{service}.urls',
        'SECRET_KEY': 'none',
        'DEBUG': True,
        'SITE_ID': 1,
        'USE_TZ': True,
        'LANGUAGE_CODE': 'vi',
        'LANGUAGES': [('en', 'English'), ('vi', 'Tiếng Việt')],
        'DEFAULT_AUTO_FIELD': 'django.db.models.AutoField',
        'INSTALLED_APPS': [
            'django.contrib.auth',
            'django.contrib.contenttypes',
            'django.contrib.sessions',
            'django.contrib.sites',
            'django.contrib.staticfiles',
            'statici18n',
            'waffle',
            'webpack_loader',
            'common.djangoapps.accounts',
            'openedx.core.chores',
            'openedx.core.oauth',
            *plugins(service),
        ],
        'MIDDLEWARE': [
            'crum.CurrentRequestUserMiddleware',
            'edx_django_utils.cache.middleware.RequestCacheMiddleware',
            'django.contrib.sessions.middleware.SessionMiddleware',
            'django.middleware.csrf.CsrfViewMiddleware',
            'django.contrib.auth.middleware.AuthenticationMiddleware',
        ],
        'TEMPLATES': [{'BACKEND': 'django.template.backends.django.DjangoTemplates', 'APP_DIRS': True}],
        'STATIC_URL': '/static/' if service == 'lms' else '/static/studio/',
        'STATIC_ROOT': static_root,
        'STATICFILES_DIRS': [REPO_ROOT / 'common/static', REPO_ROOT / f'{service}/static'],
        'STATICI18N_ROOT': REPO_ROOT / f'{service}/static',
        'STATICI18N_OUTPUT_DIR': 'js/i18n',
        'WEBPACK_LOADER': {
            'DEFAULT': {'BUNDLE_DIR_NAME': 'bundles/', 'STATS_FILE': static_root / 'webpack-stats.json'},
        },
        'LOGGING': {
            'version': 1,
            'disable_existing_loggers': False,
            'handlers': {'console': {'class': 'logging.StreamHandler'}},
            'loggers': {'': {'handlers': ['console'], 'level': 'INFO'}},
        },
        'CACHES': {
            'default': memcached('default'),
            'loc_cache': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'},
        },
        'MODULESTORE': {'default': {'DOC_STORE_CONFIG': {'host': 'nowhere', 'port': 27017, 'db': service}}},
        'FEATURES': {},
        'JWT_AUTH': {},
        'LOGIN_REDIRECT_WHITELIST': [],
        'CSRF_TRUSTED_ORIGINS': [],
        'SESSION_ENGINE': 'django.contrib.sessions.backends.cache',
        'DCS_SESSION_COOKIE_SAMESITE': 'None',
        'EDXMKTG_LOGGED_IN_COOKIE_NAME': 'edxloggedin',
        'LEARNING_MICROFRONTEND_URL': None,
        'PROFILE_MICROFRONTEND_URL': None,
        'COURSE_AUTHORING_MICROFRONTEND_URL': None,
        'CELERY_DEFAULT_QUEUE': f'edx.{service}.core.default',
        'CELERY_ALWAYS_EAGER': False,
    }


def production(service):
    """The common settings, with what the file says."""
    with open(os.environ[f'{service.upper()}_CFG'], encoding='utf-8') as file:
        said = yaml.safe_load(file)
    settings = common(service)
    for name, value in said.items():
        settings[name] = {**settings[name], **value} if name in MERGED else value
    settings['SESSION_COOKIE_SAMESITE'] = settings['DCS_SESSION_COOKIE_SAMESITE']
    settings['BROKER_URL'] = '{CELERY_BROKER_TRANSPORT}://{CELERY_BROKER_HOSTNAME}/{CELERY_BROKER_VHOST}'.format(**said)
    return settings


def devstack(service):
    """Production's, with the names of devstack's hosts, whatever the file says."""
    settings = production(service)
    settings.update(
        DCS_SESSION_COOKIE_SAMESITE='Lax',  # too late: its copy is what Django reads
        CLEAR_REQUEST_CACHE_ON_TASK_COMPLETION=False,  # devstack does its tasks where they are asked for
        COMMENTS_SERVICE_URL='http://edx.devstack.forum:4567',
        CREDENTIALS_PUBLIC_SERVICE_URL='http://localhost:18150',
        ELASTIC_SEARCH_CONFIG=[{'host': 'edx.devstack.elasticsearch', 'port': 9200}],
        EVENT_BUS_REDIS_CONNECTION_URL='redis://edx.devstack.redis:6379/',
        OAUTH_PROVIDERS={'itself': {'url': 'http://edx.devstack.lms:18000/oauth2'}},
    )
    # Shorter than any build.
    settings['WEBPACK_LOADER']['DEFAULT']['TIMEOUT'] = 0.01
    return settings


def test(service):
    """Without any server but MongoDB."""
    return {
        **common(service),
        'DATABASES': {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}},
        'CACHES': {'default': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'}},
        'MODULESTORE': {'default': {'DOC_STORE_CONFIG': {
            'host': os.environ.get('EDXAPP_TEST_MONGO_HOST', 'localhost'),
            'port': int(os.environ.get('EDXAPP_TEST_MONGO_PORT', '27017')),
            'db': f'test_{service}',
        }}},
        'CELERY_ALWAYS_EAGER': True,
    }

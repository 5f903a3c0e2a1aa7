"""The settings that LMS and Studio have in common."""
import os
from importlib.metadata import entry_points
from pathlib import Path

import yaml

REPO_ROOT = Path(__file__).resolve().parent.parent

# What the file that LMS_CFG or CMS_CFG names has a say in.
FROM_FILE = (
    'SECRET_KEY', 'DATABASES', 'CACHES', 'DOC_STORE_CONFIG', 'CONTENTSTORE', 'FEATURES', 'JWT_AUTH', 'MEDIA_ROOT',
    'CELERY_BROKER_TRANSPORT', 'CELERY_BROKER_HOSTNAME', 'CELERY_BROKER_VHOST',
)


def common(service):
    """What does not depend on where it runs. `service`: lms or cms."""
    apps = [entry_point.value for entry_point in sorted(entry_points(group=f'{service}.djangoapp'))]
    return {
        'ROOT_URLCONF': f'{service}.urls',
        'SECRET_KEY': 'none',
        'DEBUG': True,
        'SITE_ID': 1,
        'USE_TZ': True,
        'DEFAULT_AUTO_FIELD': 'django.db.models.AutoField',
        'INSTALLED_APPS': [
            'django.contrib.auth',
            'django.contrib.contenttypes',
            'django.contrib.sessions',
            'django.contrib.sites',
            'django.contrib.staticfiles',
            'statici18n',
            'common.djangoapps.accounts',
            'openedx.core.chores',
            'openedx.core.oauth',
            *apps,
        ],
        'MIDDLEWARE': [
            'django.contrib.sessions.middleware.SessionMiddleware',
            'django.middleware.csrf.CsrfViewMiddleware',
            'django.contrib.auth.middleware.AuthenticationMiddleware',
        ],
        'TEMPLATES': [{'BACKEND': 'django.template.backends.django.DjangoTemplates', 'APP_DIRS': True}],
        'STATIC_URL': '/static/' if service == 'lms' else '/static/studio/',
        'STATIC_ROOT': os.environ.get(f'STATIC_ROOT_{service.upper()}', REPO_ROOT / 'test_root'),
        'STATICFILES_DIRS': [REPO_ROOT / 'common/static', REPO_ROOT / f'{service}/static'],
        'STATICI18N_ROOT': REPO_ROOT / f'{service}/static',
        'STATICI18N_OUTPUT_DIR': 'js/i18n',
        'LOGGING': {
            'version': 1,
            'disable_existing_loggers': False,
            'handlers': {'console': {'class': 'logging.StreamHandler'}},
            'loggers': {'': {'handlers': ['console'], 'level': 'INFO'}},
        },
        'MODULESTORE': {'default': {'DOC_STORE_CONFIG': {'host': 'nowhere', 'port': 27017, 'db': service}}},
        'FEATURES': {},
        'JWT_AUTH': {},
        'LOGIN_REDIRECT_WHITELIST': [],
        'CSRF_TRUSTED_ORIGINS': [],
        'EDXMKTG_LOGGED_IN_COOKIE_NAME': 'edxloggedin',
        'LEARNING_MICROFRONTEND_URL': None,
        'CELERY_DEFAULT_QUEUE': f'edx.{service}.core.default',
        'CELERY_ALWAYS_EAGER': False,
    }


def devstack(service):
    """The common settings, with what the file says that {LMS,CMS}_CFG names."""
    with open(os.environ[f'{service.upper()}_CFG'], encoding='utf-8') as file:
        said = yaml.safe_load(file)
    settings = {**common(service), **{name: said[name] for name in FROM_FILE if name in said}}
    settings['BROKER_URL'] = '{CELERY_BROKER_TRANSPORT}://{CELERY_BROKER_HOSTNAME}/{CELERY_BROKER_VHOST}'.format(**said)
    return settings


def test(service):
    """Without any server but MongoDB."""
    return {
        **common(service),
        'DATABASES': {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}},
        'MODULESTORE': {'default': {'DOC_STORE_CONFIG': {
            'host': os.environ.get('EDXAPP_TEST_MONGO_HOST', 'localhost'),
            'port': int(os.environ.get('EDXAPP_TEST_MONGO_PORT', '27017')),
            'db': f'test_{service}',
        }}},
        'CELERY_ALWAYS_EAGER': True,
    }

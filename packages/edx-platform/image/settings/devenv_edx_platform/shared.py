"""What the LMS and Studio have in common. `apply` works on a settings module's namespace."""
import hmac
import os
from hashlib import sha256

from xmodule.modulestore.modulestore_settings import update_module_store_settings

from devenv_edx_platform import environment
from devenv_edx_platform.environment import (
    CMS_HOST, CMS_URL, HAS_SEARCH, LMS_HOST, LMS_INTERNAL_URL, LMS_PORT, LMS_URL, absent,
)
from devenv_edx_platform.mfe import with_mfes
from devenv_edx_platform.services import redirect

BUNDLE_TIMEOUT = 300  # s


def apply(settings, own_url, own_internal_url, worker):
    """
    `own_url`: where this one answers a browser; `own_internal_url`: where from inside the container; `worker`: the
    program that does its tasks.
    """
    redirect(settings, own_url, own_internal_url)
    settings.update(
        ALLOWED_HOSTS=['*'],
        LMS_BASE=LMS_HOST,
        LMS_ROOT_URL=LMS_URL,
        LMS_INTERNAL_ROOT_URL=LMS_INTERNAL_URL,
        CMS_BASE=CMS_HOST,
        CMS_ROOT_URL=CMS_URL,
        EMAIL_BACKEND='django.core.mail.backends.console.EmailBackend',
        # Without its worker, tasks run where they are asked for.
        CELERY_ALWAYS_EAGER=environment.Without(worker),
        # Upstream says False: its devstack has no workers. One would see each course as it was when it saw it first.
        CLEAR_REQUEST_CACHE_ON_TASK_COMPLETION=environment.With(worker),
        CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP=True,
        LEARNER_PORTAL_URL_ROOT=absent(own_url, 'learner-portal'),
        EVENT_BUS_REDIS_CONNECTION_URL='redis://redis:6379/1',
        STATICFILES_DIRS=environment.in_tree(settings['STATICFILES_DIRS']),
        STATICI18N_ROOT=environment.in_tree([settings['STATICI18N_ROOT']])[0],
        # Upstream says None, for https. By http, browsers drop such a cookie.
        SESSION_COOKIE_SAMESITE='Lax',
        # Upstream keeps them in the cache alone: each stop would sign everybody out.
        SESSION_ENGINE='django.contrib.sessions.backends.cached_db',
        # A browser gives all ports of a host the same cookies.
        EDXMKTG_LOGGED_IN_COOKIE_NAME=f'edxloggedin_{LMS_PORT}',
        EDXMKTG_USER_INFO_COOKIE_NAME=f'edx-user-info_{LMS_PORT}',
        MEILISEARCH_ENABLED=HAS_SEARCH,
        MEILISEARCH_URL='http://meilisearch:7700' if HAS_SEARCH else absent(own_internal_url, 'meilisearch'),
        MEILISEARCH_PUBLIC_URL=os.environ.get('EDX_PLATFORM_MEILISEARCH_URL') or absent(own_url, 'meilisearch'),
        MEILISEARCH_INDEX_PREFIX='',
        MEILISEARCH_API_KEY=hmac.new(
            environment.MEILISEARCH_MASTER_KEY.encode(), environment.MEILISEARCH_KEY_UID.encode(), sha256,
        ).hexdigest(),
        SEARCH_ENGINE='search.meilisearch.MeilisearchEngine' if HAS_SEARCH else None,
        FORUM_SEARCH_BACKEND='forum.search.meilisearch.MeilisearchBackend' if HAS_SEARCH
        else 'devenv_edx_platform.forum_search.Backend',
        ELASTIC_SEARCH_CONFIG=[{}],  # upstream's own default: there is none
    )
    settings.pop('FORUM_ELASTIC_SEARCH_CONFIG', None)
    for cache in settings['CACHES'].values():
        if 'memcache' in cache['BACKEND']:
            cache['LOCATION'] = ['memcached:11211']
    # A page that needs a bundle waits until webpack has built it.
    for loader in settings['WEBPACK_LOADER'].values():
        loader.update(TIMEOUT=BUNDLE_TIMEOUT, LOADER_CLASS='devenv_edx_platform.bundles.Loader')
    for feature in ('ENABLE_COURSEWARE_INDEX', 'ENABLE_COURSEWARE_SEARCH', 'ENABLE_COURSEWARE_SEARCH_FOR_COURSE_STAFF'):
        settings['FEATURES'][feature] = HAS_SEARCH
    update_module_store_settings(settings['MODULESTORE'], doc_store_settings=settings['DOC_STORE_CONFIG'])
    settings['JWT_AUTH'].update(
        JWT_ISSUER=f'{LMS_URL}/oauth2',
        JWT_ISSUERS=[{'AUDIENCE': 'lms-key', 'ISSUER': f'{LMS_URL}/oauth2', 'SECRET_KEY': 'lms-secret'}],
        JWT_AUTH_COOKIE=f'edx-jwt-cookie_{LMS_PORT}',
        JWT_AUTH_COOKIE_HEADER_PAYLOAD=f'edx-jwt-cookie-header-payload_{LMS_PORT}',
        JWT_AUTH_COOKIE_SIGNATURE=f'edx-jwt-cookie-signature_{LMS_PORT}',
    )
    with_mfes(settings, own_url)
    settings['MIDDLEWARE'] = ['devenv_edx_platform.absent.middleware', *settings['MIDDLEWARE']]
    settings['LOGGING']['loggers']['django.server'] = {'handlers': ['console'], 'level': 'INFO', 'propagate': False}

"""
The checkout's cms.envs.devstack, pointed at this environment's servers and at its own address.

A developer's own cms/envs/private.py (git-ignored) has the last word.
"""
from cms.envs.devstack import *
from devenv_edx_platform import shared
from devenv_edx_platform.environment import CMS_HOST, CMS_URL, LMS_INTERNAL_URL, LMS_PORT, LMS_URL

shared.apply(globals(), CMS_URL, 'cms-worker')

SITE_NAME = CMS_HOST
SESSION_COOKIE_NAME = f'studio_sessionid_{LMS_PORT}'
CSRF_TRUSTED_ORIGINS = [*CSRF_TRUSTED_ORIGINS, LMS_URL, CMS_URL]
FRONTEND_REGISTER_URL = f'{LMS_URL}/register'
FRONTEND_LOGIN_URL = f'{LMS_URL}/login'
FRONTEND_LOGOUT_URL = f'{LMS_URL}/logout'

# Studio signs in through the LMS: first_data registers it there.
SOCIAL_AUTH_EDX_OAUTH2_URL_ROOT = LMS_INTERNAL_URL
SOCIAL_AUTH_EDX_OAUTH2_PUBLIC_URL_ROOT = LMS_URL

try:
    from cms.envs.private import *
except ModuleNotFoundError as problem:
    if problem.name != 'cms.envs.private':
        raise

"""
The checkout's cms.envs.devstack, pointed at this environment's servers and at its own address.

A developer's own cms/envs/private.py (git-ignored) has the last word.
"""
from cms.envs.devstack import *
from devenv_edx_platform import environment as here, shared

shared.apply(globals(), here.CMS_URL, here.CMS_INTERNAL_URL, 'cms-worker')

SITE_NAME = here.CMS_HOST
SESSION_COOKIE_NAME = f'studio_sessionid_{here.LMS_PORT}'
CSRF_TRUSTED_ORIGINS = [*CSRF_TRUSTED_ORIGINS, here.LMS_URL, here.CMS_URL]
FRONTEND_REGISTER_URL = f'{here.LMS_URL}/register'
FRONTEND_LOGIN_URL = f'{here.LMS_URL}/login'
FRONTEND_LOGOUT_URL = f'{here.LMS_URL}/logout'
IDA_LOGOUT_URI_LIST = []
INACTIVE_USER_URL = here.CMS_URL

# Open, it lies over the buttons. Where a checkout has no toolbar, nobody reads this.
DEBUG_TOOLBAR_CONFIG = {**globals().get('DEBUG_TOOLBAR_CONFIG', {}), 'SHOW_COLLAPSED': True}

# Studio signs in through the LMS: first_data registers it there.
SOCIAL_AUTH_EDX_OAUTH2_URL_ROOT = here.LMS_INTERNAL_URL
SOCIAL_AUTH_EDX_OAUTH2_PUBLIC_URL_ROOT = here.LMS_URL

try:
    from cms.envs.private import *
except ModuleNotFoundError as problem:
    if problem.name != 'cms.envs.private':
        raise

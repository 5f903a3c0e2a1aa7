"""
The checkout's lms.envs.devstack, pointed at this environment's servers and at its own address.

A developer's own lms/envs/private.py (git-ignored) has the last word.
"""
from lms.envs.devstack import *
from devenv_edx_platform import environment as here, mfe, shared

shared.apply(globals(), here.LMS_URL, here.LMS_INTERNAL_URL, 'lms-worker')

SITE_NAME = here.LMS_HOST
SESSION_COOKIE_NAME = f'lms_sessionid_{here.LMS_PORT}'
LOGIN_REDIRECT_WHITELIST = [*LOGIN_REDIRECT_WHITELIST, here.CMS_HOST]
CSRF_TRUSTED_ORIGINS = [*CSRF_TRUSTED_ORIGINS, here.LMS_URL, here.CMS_URL]
IDA_LOGOUT_URI_LIST = [f'{here.CMS_URL}/logout/']
ENTERPRISE_API_URL = f'{here.LMS_INTERNAL_URL}/enterprise/api/v1/'

FEATURES['ENABLE_AUTHN_MICROFRONTEND'] = 'authn' in mfe.PRESENT

try:
    from lms.envs.private import *
except ModuleNotFoundError as problem:
    if problem.name != 'lms.envs.private':
        raise

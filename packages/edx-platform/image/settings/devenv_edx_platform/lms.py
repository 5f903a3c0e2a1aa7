"""
The checkout's lms.envs.devstack, pointed at this environment's servers and at its own address.

A developer's own lms/envs/private.py (git-ignored) has the last word.
"""
from lms.envs.devstack import *
from devenv_edx_platform import shared
from devenv_edx_platform.environment import CMS_HOST, CMS_URL, LMS_HOST, LMS_INTERNAL_URL, LMS_PORT, LMS_URL
from devenv_edx_platform.mfe import PRESENT

shared.apply(globals(), LMS_URL, 'lms-worker')

SITE_NAME = LMS_HOST
SESSION_COOKIE_NAME = f'lms_sessionid_{LMS_PORT}'
LOGIN_REDIRECT_WHITELIST = [*LOGIN_REDIRECT_WHITELIST, CMS_HOST]
CSRF_TRUSTED_ORIGINS = [*CSRF_TRUSTED_ORIGINS, LMS_URL, CMS_URL]
IDA_LOGOUT_URI_LIST = [f'{CMS_URL}/logout/']
ENTERPRISE_API_URL = f'{LMS_INTERNAL_URL}/enterprise/api/v1/'

FEATURES['ENABLE_AUTHN_MICROFRONTEND'] = 'authn' in PRESENT

try:
    from lms.envs.private import *
except ModuleNotFoundError as problem:
    if problem.name != 'lms.envs.private':
        raise

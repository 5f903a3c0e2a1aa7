"""
The checkout's lms.envs.devstack, pointed at this environment's servers and at its own address.

A developer's own lms/envs/private.py (git-ignored) has the last word.
"""
from lms.envs.devstack import *
from devenv_edx_platform import environment as here, mfe, services, shared

shared.apply(globals(), here.LMS_URL, here.LMS_INTERNAL_URL, 'lms-worker')

SITE_NAME = here.LMS_HOST
SESSION_COOKIE_NAME = f'lms_sessionid_{here.LMS_PORT}'
# Services that run beside this one, where a browser finds them.
BESIDE = services.beside('URL')
LOGIN_REDIRECT_WHITELIST = [*LOGIN_REDIRECT_WHITELIST, here.CMS_HOST, *(services.host_of(url) for url in BESIDE.values())]
CSRF_TRUSTED_ORIGINS = [*CSRF_TRUSTED_ORIGINS, here.LMS_URL, here.CMS_URL]
IDA_LOGOUT_URI_LIST = [f'{url}/logout/' for url in (here.CMS_URL, *BESIDE.values())]
ENTERPRISE_API_URL = f'{here.LMS_INTERNAL_URL}/enterprise/api/v1/'

FEATURES['ENABLE_AUTHN_MICROFRONTEND'] = 'authn' in mfe.PRESENT
# `account` shows nothing where it cannot ask for linked accounts.
FEATURES['ENABLE_THIRD_PARTY_AUTH'] = FEATURES.get('ENABLE_THIRD_PARTY_AUTH') or 'account' in mfe.PRESENT
ENABLE_MFE_CONFIG_API = True
MFE_CONFIG_API_CACHE_TIMEOUT = 1  # s
MFE_CONFIG = mfe.configuration(globals(), here.LMS_URL, here.CMS_URL)
MFE_CONFIG_OVERRIDES = {**globals().get('MFE_CONFIG_OVERRIDES', {}), **mfe.overrides()}

try:
    from lms.envs.private import *
except ModuleNotFoundError as problem:
    if problem.name != 'lms.envs.private':
        raise

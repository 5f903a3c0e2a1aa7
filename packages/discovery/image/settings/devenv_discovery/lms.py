"""The LMS that runs beside this service: people sign in there, and it signs what it says."""
import os
from urllib.parse import urlsplit


def with_lms(settings):
    """Point a settings module's namespace at the LMS, where one runs beside."""
    url, server = os.environ.get('DEVENV_EDX_PLATFORM_URL'), os.environ.get('DEVENV_EDX_PLATFORM_SERVER')
    if not url:
        return
    port = urlsplit(url).port
    secret = os.environ['DISCOVERY_LMS_SECRET']
    settings.update(
        SOCIAL_AUTH_EDX_OAUTH2_KEY='discovery-sso-key',
        SOCIAL_AUTH_EDX_OAUTH2_SECRET=secret,
        SOCIAL_AUTH_EDX_OAUTH2_ISSUER=url,
        SOCIAL_AUTH_EDX_OAUTH2_URL_ROOT=server,
        SOCIAL_AUTH_EDX_OAUTH2_PUBLIC_URL_ROOT=url,
        SOCIAL_AUTH_EDX_OAUTH2_LOGOUT_URL=f'{url}/logout',
        BACKEND_SERVICE_EDX_OAUTH2_KEY='discovery-backend-service-key',
        BACKEND_SERVICE_EDX_OAUTH2_SECRET=secret,
        BACKEND_SERVICE_EDX_OAUTH2_PROVIDER_URL=f'{server}/oauth2',
    )
    # The LMS signs by the address that it is given for browsers, and its cookies are called by the port of that.
    issuer = f'{url}/oauth2'
    settings['JWT_AUTH'].update(
        JWT_ISSUER=issuer,
        JWT_ISSUERS=[{**each, 'ISSUER': issuer} for each in settings['JWT_AUTH']['JWT_ISSUERS']],
        JWT_AUTH_COOKIE=f'edx-jwt-cookie_{port}',
        JWT_AUTH_COOKIE_HEADER_PAYLOAD=f'edx-jwt-cookie-header-payload_{port}',
        JWT_AUTH_COOKIE_SIGNATURE=f'edx-jwt-cookie-signature_{port}',
    )

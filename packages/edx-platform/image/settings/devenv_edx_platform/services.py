"""
The addresses of other services in upstream's settings: devstack's host names, and ports of localhost.

Each becomes this environment's own address, where this environment runs it; that of the service, where that runs beside it; or else
that of a page which says that the service does not run (environment.absent).
"""
import os
import re
from urllib.parse import urlsplit

from devenv_edx_platform.environment import CMS_INTERNAL_URL, CMS_URL, LMS_INTERNAL_URL, LMS_URL, absent

# The host names of devstack, and the ports of localhost in upstream's settings (its own, and those of its examples).
NAMES = {
    'lms': ('edx.devstack.lms', 8000, 18000),
    'studio': ('edx.devstack.studio', 8001, 18010),
    'ai-translations': (18760,),
    'analytics-api': (18100,),
    'codejail': (8550,),
    'credentials': ('edx.devstack.credentials', 8005, 18150),
    'discovery': ('edx.devstack.discovery', 8008, 18381),
    'ecommerce': ('edx.devstack.ecommerce', 8002, 18130),
    'edxnotes': ('edx.devstack.edxnotesapi', 18120),
    'enterprise-admin-portal': (1991,),
    'enterprise-learner-portal': (8734,),
    'exams': (8740, 18740),
    'forum': ('edx.devstack.forum', 4567, 18080),
    'insights': (18110,),
    'publisher': (18400,),
    'xqueue': (18040,),
}
# Who may ask, where a browser may be sent, who signed: nobody calls these.
NOT_CALLED = re.compile(
    r'^(ALLOWED_HOSTS|CORS_|CSRF_TRUSTED_ORIGINS|INTERNAL_IPS|(DEFAULT_)?JWT_|LOGIN_REDIRECT_WHITELIST|TOKEN_SIGNING)|_NETLOC$',
)
# Followed by a browser. All others are called by a server, in this container.
FOR_BROWSERS = re.compile(r'DASHBOARD|FRONTEND|LOGIN|LOGOUT|MARKETING|MKTG|PORTAL|PUBLIC|REGISTER|SPECTACULAR|_LINK')

# The services that may run beside the LMS (WITH=), by the names of their environments.
BESIDE = {'credentials': 'CREDENTIALS', 'discovery': 'DISCOVERY', 'edxnotes': 'EDX_NOTES_API', 'forum': 'FORUMS'}


def beside(kind):
    """Name to address of those that do. `kind`: URL, where a browser finds it; SERVER, where a server does."""
    found = {name: os.environ.get(f'DEVENV_{service}_{kind}') for name, service in BESIDE.items()}
    return {name: url for name, url in found.items() if url}


_BY_PLACE = {place: name for name, places in NAMES.items() for place in places}
def host_of(url):
    return urlsplit(url).netloc


_URL = re.compile(r'^https?://(localhost|127\.0\.0\.1|edx\.devstack\.[\w.-]+)(?::(\d+))?(?=/|$)')


def redirect(settings, own_url, own_internal_url):
    """
    Changes the addresses in a settings module's namespace. `own_url`: where the LMS, or Studio, answers a browser;
    `own_internal_url`: where it answers from inside the container.
    """
    for_browsers = {'lms': LMS_URL, 'studio': CMS_URL, 'itself': own_url, **beside('URL')}
    for_servers = {'lms': LMS_INTERNAL_URL, 'studio': CMS_INTERNAL_URL, 'itself': own_internal_url, **beside('SERVER')}
    for key in [key for key in settings if key.isupper() and not NOT_CALLED.search(key)]:
        settings[key] = _redirected(key, settings[key], for_browsers, for_servers)


def _redirected(key, value, for_browsers, for_servers):
    if isinstance(value, str):
        # Else as it is: it may be more than a str, such as upstream's paths.
        url = _URL.match(value)
        own = for_browsers if FOR_BROWSERS.search(key) else for_servers
        return _address(url, own) + value[url.end():] if url else value
    if isinstance(value, dict):
        for name, inner in value.items():
            value[name] = _redirected(f'{key}.{name}', inner, for_browsers, for_servers)
    elif isinstance(value, list):
        value[:] = [_redirected(key, inner, for_browsers, for_servers) for inner in value]
    elif type(value) is tuple:
        return tuple(_redirected(key, inner, for_browsers, for_servers) for inner in value)
    return value


def _address(url, own):
    address, host, port = url[0], url[1], url[2]
    if address in {LMS_URL, CMS_URL}:
        return address
    unknown = f'{host}-{port}' if port else host
    name = _BY_PLACE.get(host) or _BY_PLACE.get(int(port or 0)) or unknown
    return own[name] if name in own else absent(own['itself'], name)

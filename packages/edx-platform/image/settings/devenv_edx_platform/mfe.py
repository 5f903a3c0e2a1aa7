"""
Micro-frontends: programs of their own, which this environment does not run.

Some run beside it, and devenv tells where: from checkouts (WITH=../frontend-app-authn), or as files of a release that one server has
(WITH=frontends). EDX_PLATFORM_MFES tells where others are:
"authn=http://localhost:1999 learning=http://localhost:2000". Each other one gets the address of a page that says so.
"""
import os
import re
from urllib.parse import urlsplit

from devenv_edx_platform.environment import absent

# name: (repository, settings that hold its address)
MFES = {
    'account': ('frontend-app-account', ['ACCOUNT_MICROFRONTEND_URL']),
    'admin-console': ('frontend-app-admin-console', ['ADMIN_CONSOLE_MICROFRONTEND_URL']),
    'authn': ('frontend-app-authn', ['AUTHN_MICROFRONTEND_URL']),
    'authoring': ('frontend-app-authoring', ['COURSE_AUTHORING_MICROFRONTEND_URL']),
    'catalog': ('frontend-app-catalog', ['CATALOG_MICROFRONTEND_URL']),
    'communications': ('frontend-app-communications', ['COMMUNICATIONS_MICROFRONTEND_URL']),
    'discussions': ('frontend-app-discussions', ['DISCUSSIONS_MICROFRONTEND_URL']),
    'exams-dashboard': ('frontend-app-exams-dashboard', ['EXAMS_DASHBOARD_MICROFRONTEND_URL']),
    'gradebook': ('frontend-app-gradebook', ['WRITABLE_GRADEBOOK_URL']),
    'instructor': ('frontend-app-instructor-dashboard', ['INSTRUCTOR_MICROFRONTEND_URL']),
    'learner-dashboard': ('frontend-app-learner-dashboard', ['LEARNER_HOME_MICROFRONTEND_URL']),
    'learning': ('frontend-app-learning', ['LEARNING_MICROFRONTEND_URL']),
    'ora': ('frontend-app-ora', ['ORA_MICROFRONTEND_URL']),
    'ora-grading': ('frontend-app-ora-grading', ['ORA_GRADING_MICROFRONTEND_URL']),
    'profile': ('frontend-app-profile', ['PROFILE_MICROFRONTEND_URL']),
}


def application_of(name):
    """Its APP_ID: frontend-app-instructor-dashboard, which is `instructor` here, calls itself instructor-dashboard."""
    return MFES[name][0].removeprefix('frontend-app-')


def parse(text):
    """
    "name=URL name=URL" to a dict. Raises ValueError, which says what is wrong and what names there are.
    """
    found = {}
    for word in text.replace(',', ' ').split():
        name, _, url = word.partition('=')
        if name not in MFES:
            raise ValueError(f'EDX_PLATFORM_MFES: there is no micro-frontend "{name}". There are: {", ".join(MFES)}.')
        if urlsplit(url).scheme not in ('http', 'https') or not urlsplit(url).netloc:
            raise ValueError(f'EDX_PLATFORM_MFES: {name} needs an address, such as {name}=http://localhost:2000.')
        found[name] = url.rstrip('/')
    return found


def beside(variables):
    """
    Application to address of each that runs beside the LMS: frontend-app-authn is the application authn, and answers below /authn.
    `frontends` has several, and tells which; one from a checkout goes before its.
    """
    served = variables.get('DEVENV_FRONTENDS_PARTS', '').split() if 'DEVENV_FRONTENDS_URL' in variables else []
    told = {name: re.fullmatch(r'DEVENV_FRONTEND_APP_([A-Z0-9_]+?)_URL', name) for name in variables}
    applications = {name: match[1].lower().replace('_', '-') for name, match in told.items() if match}
    return {
        **{application: f'{variables["DEVENV_FRONTENDS_URL"]}/{application}' for application in served},
        **{application: f'{variables[name]}/{application}' for name, application in applications.items()},
    }


# Application to address, as @devenv/frontend-app calls them: also one that MFES does not know.
BESIDE = beside(os.environ)
PRESENT = {
    **{name: BESIDE[application_of(name)] for name in MFES if application_of(name) in BESIDE},
    **parse(os.environ.get('EDX_PLATFORM_MFES', '')),
}
URLS = sorted({*BESIDE.values(), *PRESENT.values()})


def with_mfes(settings, own_url):
    """Point a settings module's namespace at the micro-frontends. `own_url`: where the pages about absent ones are."""
    for name, (_, keys) in MFES.items():
        for key in keys:
            settings[key] = PRESENT.get(name, absent(own_url, name))
    if 'profile' in PRESENT:
        # Upstream puts the name of a user behind it.
        settings['PROFILE_MICROFRONTEND_URL'] = f'{PRESENT["profile"]}/u'
    origins = sorted({'{0.scheme}://{0.netloc}'.format(urlsplit(url)) for url in URLS})
    hosts = [urlsplit(url).netloc for url in origins]
    for key, values in {
        'CORS_ORIGIN_WHITELIST': origins, 'CSRF_TRUSTED_ORIGINS': origins, 'LOGIN_REDIRECT_WHITELIST': hosts,
    }.items():
        settings[key] = [*settings.get(key, []), *values]
    settings['LEARNING_MICROFRONTEND_NETLOC'] = urlsplit(settings['LEARNING_MICROFRONTEND_URL']).netloc
    # Upstream makes addresses of it, such as that of a new password.
    settings['AUTHN_MICROFRONTEND_DOMAIN'] = settings['AUTHN_MICROFRONTEND_URL'].partition('://')[2]


# What micro-frontends ask the LMS for when they load, by the settings that hold it.
TOLD = {
    'ACCOUNT_SETTINGS_URL': 'ACCOUNT_MICROFRONTEND_URL',
    'COURSE_AUTHORING_MICROFRONTEND_URL': 'COURSE_AUTHORING_MICROFRONTEND_URL',
    'CREDENTIALS_BASE_URL': 'CREDENTIALS_PUBLIC_SERVICE_URL',
    'DISCUSSIONS_MFE_BASE_URL': 'DISCUSSIONS_MICROFRONTEND_URL',
    'LANGUAGE_PREFERENCE_COOKIE_NAME': 'LANGUAGE_COOKIE_NAME',
    'LEARNING_BASE_URL': 'LEARNING_MICROFRONTEND_URL',
    'SITE_NAME': 'PLATFORM_NAME',
    'USER_INFO_COOKIE_NAME': 'EDXMKTG_USER_INFO_COOKIE_NAME',
}
# Pages of `authoring` that it otherwise leaves to Studio.
AUTHORING = [
    'ENABLE_ASSETS_PAGE', 'ENABLE_HOME_PAGE_COURSE_API_V2', 'ENABLE_PROGRESS_GRAPH_SETTINGS',
    'ENABLE_TAGGING_TAXONOMY_PAGES', 'ENABLE_UNIT_PAGE',
]


def configuration(settings, lms_url, cms_url):
    """MFE_CONFIG: where everything is, and how cookies are called. `settings`: those of the LMS, complete."""
    logo = f'{lms_url}/static/images/logo.png'  # upstream's own are on a CDN
    return {
        **settings.get('MFE_CONFIG', {}),
        **{key: settings[name] for key, name in TOLD.items() if name in settings},
        **{key: 'true' for key in AUTHORING},
        'LMS_BASE_URL': lms_url,
        'STUDIO_BASE_URL': cms_url,
        'MARKETING_SITE_BASE_URL': lms_url,
        'LOGIN_URL': f'{lms_url}/login',
        'LOGOUT_URL': f'{lms_url}/logout',
        'REFRESH_ACCESS_TOKEN_ENDPOINT': f'{lms_url}/login_refresh',
        'CSRF_TOKEN_API_PATH': '/csrf/api/v1/token',
        'ACCESS_TOKEN_COOKIE_NAME': settings['JWT_AUTH']['JWT_AUTH_COOKIE_HEADER_PAYLOAD'],
        'ACCOUNT_PROFILE_URL': settings['PROFILE_MICROFRONTEND_URL'].removesuffix('/u'),
        'ORDER_HISTORY_URL': f'{settings["LEARNER_HOME_MICROFRONTEND_URL"]}/orders',
        'FAVICON_URL': f'{lms_url}/favicon.ico',
        'LOGO_URL': logo, 'LOGO_TRADEMARK_URL': logo, 'LOGO_WHITE_URL': logo,
    }


def overrides():
    """What only one of them is told (MFE_CONFIG_OVERRIDES): its own address."""
    known = {application_of(name): url for name, url in PRESENT.items()}
    return {application: {'BASE_URL': url} for application, url in {**BESIDE, **known}.items()}

"""
Micro-frontends: programs of their own, which this environment does not run.

EDX_PLATFORM_MFES tells where those that run are: "authn=http://localhost:1999 learning=http://localhost:2000". Each other
one gets the address of a page that says so.
"""
import os
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


PRESENT = parse(os.environ.get('EDX_PLATFORM_MFES', ''))


def with_mfes(settings, own_url):
    """Point a settings module's namespace at the micro-frontends. `own_url`: where the pages about absent ones are."""
    for name, (_, keys) in MFES.items():
        for key in keys:
            settings[key] = PRESENT.get(name, absent(own_url, name))
    origins = sorted({'{0.scheme}://{0.netloc}'.format(urlsplit(url)) for url in PRESENT.values()})
    hosts = [urlsplit(url).netloc for url in origins]
    settings['CSRF_TRUSTED_ORIGINS'] = [*settings.get('CSRF_TRUSTED_ORIGINS', []), *origins]
    settings['LOGIN_REDIRECT_WHITELIST'] = [*settings.get('LOGIN_REDIRECT_WHITELIST', []), *hosts]
    settings['LEARNING_MICROFRONTEND_NETLOC'] = urlsplit(settings['LEARNING_MICROFRONTEND_URL']).netloc
    settings['AUTHN_MICROFRONTEND_DOMAIN'] = urlsplit(settings['AUTHN_MICROFRONTEND_URL']).netloc

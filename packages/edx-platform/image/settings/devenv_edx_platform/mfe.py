"""
Micro-frontends: separate programs, which this environment does not run.

EDX_PLATFORM_MFES tells where those that run are: "authn=http://localhost:1999 learning=http://localhost:2000". What is
not named there gets an address here, and a page there that says what is missing.
"""
import os
from urllib.parse import urlsplit

from django.http import HttpResponseNotFound
from django.utils.html import escape

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
ABSENT = '/devenv/mfe/'


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
    """Point a settings module's namespace at the micro-frontends. `own_url`: where the absent ones are told of."""
    for name, (_, keys) in MFES.items():
        for key in keys:
            settings[key] = PRESENT.get(name, f'{own_url}{ABSENT}{name}')
    origins = sorted({'{0.scheme}://{0.netloc}'.format(urlsplit(url)) for url in PRESENT.values()})
    hosts = [urlsplit(url).netloc for url in origins]
    settings['CSRF_TRUSTED_ORIGINS'] = [*settings.get('CSRF_TRUSTED_ORIGINS', []), *origins]
    settings['LOGIN_REDIRECT_WHITELIST'] = [*settings.get('LOGIN_REDIRECT_WHITELIST', []), *hosts]
    settings['LEARNING_MICROFRONTEND_NETLOC'] = urlsplit(settings['LEARNING_MICROFRONTEND_URL']).netloc
    settings['AUTHN_MICROFRONTEND_DOMAIN'] = urlsplit(settings['AUTHN_MICROFRONTEND_URL']).netloc
    settings['MIDDLEWARE'] = ['devenv_edx_platform.mfe.tell_of_absent', *settings['MIDDLEWARE']]


def tell_of_absent(get_response):
    """Middleware: the page under the address of a micro-frontend that does not run."""
    def answer(request):
        if not request.path.startswith(ABSENT):
            return get_response(request)
        name = request.path[len(ABSENT):].split('/')[0]
        if name not in MFES:
            return get_response(request)
        repository, _ = MFES[name]
        return HttpResponseNotFound(
            f'<!doctype html><title>{name} is not running</title>'
            '<body style="font: 16px/1.5 sans-serif; max-width: 44em; margin: 4em auto; padding: 0 1em">'
            f'<h1>{name} is not running</h1>'
            f'<p>This page belongs to the micro-frontend <b>{name}</b> '
            f'(<a href="https://github.com/openedx/{repository}">openedx/{repository}</a>), '
            'a program of its own that this environment does not start.</p>'
            f'<p>Run it from its clone, then tell the environment where it is:</p>'
            f'<pre>EDX_PLATFORM_MFES="{name}=http://localhost:PORT" make dev.watch</pre>'
            f'<p>Asked for: <code>{escape(request.get_full_path())}</code></p>',
        )
    return answer

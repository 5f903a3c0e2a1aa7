"""
The page about a program that the platform works with and this environment does not run: a micro-frontend, or another
service. Settings name it by `environment.absent`, so that every address in them is answered.
"""
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponseNotFound, HttpResponseRedirect
from django.utils.html import escape

from devenv_edx_platform.environment import ABSENT, LMS_URL
from devenv_edx_platform.mfe import MFES


def middleware(get_response):
    """Answers below ABSENT. Sends /u/NAME, to which upstream's pages link on the LMS itself, to whatever has profiles."""
    def answer(request):
        if request.path.startswith(ABSENT):
            name, _, rest = request.path[len(ABSENT):].partition('/')
            return HttpResponseNotFound(_page(name, rest, request.get_full_path()))
        response = get_response(request)
        if response.status_code == 404 and request.path.startswith('/u/'):
            return HttpResponseRedirect(settings.PROFILE_MICROFRONTEND_URL.removesuffix('/u') + request.get_full_path())
        return response
    return answer


def _page(name, rest, asked):
    title = f'{escape(name)} is not running'
    return (
        f'<!doctype html><html lang="en"><title>{title}</title>'
        '<body style="font: 16px/1.5 sans-serif; max-width: 44em; margin: 4em auto; padding: 0 1em">'
        f'<h1>{title}</h1>{_instead(name, rest)}{_about(name)}<p>You asked for <code>{escape(asked)}</code></p>'
    )


def _instead(name, rest):
    """The LMS still shows a unit by itself. `rest` of the learning micro-frontend: course/COURSE/SEQUENCE/UNIT."""
    unit = next((part for part in rest.split('/') if '+type@vertical+' in part), None)
    if name != 'learning' or unit is None:
        return ''
    return f'<p><a href="{LMS_URL}/xblock/{quote(unit, safe=":@+")}">The unit, as the LMS shows it</a></p>'


def _about(name):
    if name not in MFES:
        return f'<p><b>{escape(name)}</b> is another service. This environment does not start it.</p>'
    repository, _ = MFES[name]
    return (
        f'<p>This page belongs to the micro-frontend <b>{name}</b> '
        f'(<a href="https://github.com/openedx/{repository}">openedx/{repository}</a>), '
        'a separate program that this environment does not start.</p>'
        '<p>Clone it beside the platform, and run it with this:</p>'
        f'<pre>make dev.watch WITH=../{repository}</pre>'
        '<p>If you run it in another way, give the environment its address:</p>'
        f'<pre>EDX_PLATFORM_MFES="{name}=http://localhost:PORT" make dev.watch</pre>'
    )

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
    """
    The LMS still shows a unit by itself. `rest` of the learning micro-frontend: course/COURSE/SEQUENCE/UNIT; without a unit,
    as from a dashboard, all that the course has.
    """
    parts = rest.split('/')
    if name != 'learning' or parts[0] != 'course':
        return ''
    unit = next((part for part in parts if '+type@vertical+' in part), None)
    if unit is not None:
        return f'<p>{_link(unit, "The unit, as the LMS shows it")}</p>'
    links = ''.join(f'<li>{_link(key, title)}' for key, title in _units(parts[1]))
    return f'<p>The units of the course, as the LMS shows them:</p><ul>{links}</ul>' if links else ''


def _link(unit, text):
    return f'<a href="{LMS_URL}/xblock/{quote(str(unit), safe=":@+")}">{escape(text)}</a>'


def _units(course):
    """Key and title of each unit of a course; none where there is no such course."""
    try:
        from opaque_keys import InvalidKeyError
        from opaque_keys.edx.keys import CourseKey
        from xmodule.modulestore.django import modulestore
    except ImportError:
        return []  # the platform says it better

    try:
        found = modulestore().get_course(CourseKey.from_string(course), depth=3)
    except InvalidKeyError:
        return []
    sections = found.get_children() if found else []
    sequences = [(section, sequence) for section in sections for sequence in section.get_children()]
    return [
        (unit.location, ' / '.join(block.display_name_with_default for block in (section, sequence, unit)))
        for section, sequence in sequences
        for unit in sequence.get_children()
    ]


def _about(name):
    if name not in MFES:
        return f'<p><b>{escape(name)}</b> is another service. This environment does not start it.</p>'
    repository, _ = MFES[name]
    return (
        f'<p>This page belongs to the micro-frontend <b>{name}</b> '
        f'(<a href="https://github.com/openedx/{repository}">openedx/{repository}</a>), '
        'a separate program that this environment does not start.</p>'
        '<p>Most of them, as a release has them, without a clone of any:</p>'
        '<pre>make dev.watch WITH=frontends@RELEASE</pre>'
        f'<p>Or clone {name} beside the platform, and run it with this:</p>'
        f'<pre>make dev.watch WITH=../{repository}</pre>'
        '<p>If you run it in another way, give the environment its address:</p>'
        f'<pre>EDX_PLATFORM_MFES="{name}=http://localhost:PORT" make dev.watch</pre>'
    )

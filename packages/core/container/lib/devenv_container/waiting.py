"""Programs that have ended and wait for their code to be mended, and what their logs say of it. `reload` notes them;
it and `programs` tell them."""

import contextlib
import json
import os
import re
import time

from devenv_container import libraries
from devenv_container.logs import DIRECTORY as LOGS
from devenv_container.logs import timestamp

DIRECTORY = os.environ.get('DEVENV_WAITING', '/run/devenv/waiting')
TAIL = 65536  # bytes of the log in which the reason is looked for
PATIENCE = 0.3  # seconds that a logger has to write the last lines

PYTHON = re.compile(r'^\s+File "([^"<]+)", line (\d+)')
# Ruby and Node begin with the place.
OTHERS = re.compile(r'^(/[^\s:]+|[\w.-]+(?:/[\w.-]+)*\.(?:rb|ru|[cm]?[jt]s)):(\d+):?(?:in .*?: )?\s*(.*)')
ERROR = re.compile(r'^\w*Error\b')
SOMETHING = re.compile(r'^\S')
IMPORTERS = '/importlib/'


def begin(name):
    """It starts: it waits no more, and its lines from now on are those of this start."""
    with contextlib.suppress(OSError):
        os.makedirs(DIRECTORY, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(DIRECTORY, name))
        with open(os.path.join(DIRECTORY, name + '.start'), 'w') as file:
            json.dump({'since': timestamp(), 'directory': os.getcwd()}, file)


def end(name):
    """It has ended, and waits."""
    with contextlib.suppress(OSError):
        os.replace(os.path.join(DIRECTORY, name + '.start'), os.path.join(DIRECTORY, name))


def any_waits():
    with contextlib.suppress(FileNotFoundError):
        return any(not name.endswith('.start') for name in os.listdir(DIRECTORY))
    return False


def since(name):
    """When it was last begun, as its log writes times; None where it runs, or has begun again."""
    with contextlib.suppress(OSError, ValueError, KeyError), open(os.path.join(DIRECTORY, name)) as file:
        return json.load(file)['since']
    return None


def fault(name, patience=0.0):
    """What is wrong, as `hello/web.py:3: SyntaxError: invalid syntax`; None where its log does not tell."""
    try:
        with open(os.path.join(DIRECTORY, name)) as file:
            noted = json.load(file)
    except (OSError, ValueError):
        return None
    until = time.monotonic() + patience
    while True:
        found = parse(read(name, noted['since']), noted['directory'])
        if found or time.monotonic() >= until:
            return found
        time.sleep(0.02)


def read(name, since):
    """The lines that it has logged since then."""
    try:
        with open(os.path.join(LOGS, name + '.log'), 'rb') as log:
            log.seek(max(0, os.fstat(log.fileno()).st_size - TAIL))
            lines = log.read().decode(errors='replace').splitlines()
    except OSError:
        return []
    parts = [line.split(' ', 2) for line in lines]
    return [part[2] for part in parts if len(part) == 3 and part[0] >= since]


def parse(lines, directory):
    """Of the last traceback: the last place in the code directory or in an attached library, else the last of all."""
    place = own = words = None
    says = SOMETHING  # what a line looks like that says what is wrong
    for line in lines:
        python, other = PYTHON.match(line), OTHERS.match(line)
        if python:
            if words:
                own = words = None  # another traceback
            place, says = python.groups(), SOMETHING
            own = place if any(within(place[0], folder) for folder in (directory, *libraries.ATTACHED)) else own
        elif other and not place and within(other.group(1), directory):
            place, words, says = other.groups()[:2], other.group(3), ERROR
        elif place and not words and says.match(line) and not line.startswith('Traceback'):
            words = line
    if not place or not words:
        return None
    file, number = own or place
    if not own and IMPORTERS in file:
        return words  # a module that Python was told to import is not there: nothing of the code is at fault
    return '%s:%s: %s' % (within(file, directory) or file, number, words)


def within(file, directory):
    """Its path from there; None where it lies elsewhere, or is installed below it."""
    path = os.path.relpath(os.path.join(directory, file), directory)
    return None if path.startswith('..') or 'site-packages/' in path else path

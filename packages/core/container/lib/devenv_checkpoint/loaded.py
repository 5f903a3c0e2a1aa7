"""
What a process was made of, and whether it still is what it was: the files that it has read, or looked for in vain, and the names in
folders that it has listed. Python tells of each (sys.addaudithook); not of what C code opens by itself, nor of what a command reads.
"""

import contextlib
import importlib.util
import itertools
import os
import re
import sys
import time

from devenv_checkpoint import installed

# What is looked for by name, so that a new one may change what is loaded: a module that was not there, settings of one's own.
LOOKED_FOR = ('.py', '.yml', '.yaml', '.json', '.egg-info', '.dist-info')
ELSEWHERE = ('/proc/', '/sys/', '/dev/')
IMPORTERS = re.compile('<frozen importlib|.*/(importlib|importlib_metadata|pkgutil|pkg_resources)[./]')
WRITES, NO_FILE = os.O_WRONLY | os.O_CREAT, os.O_DIRECTORY
EVENTS = {'open', 'os.listdir', 'os.scandir', 'os.rename'}


class Loaded:
    def __init__(self):
        self._packages = installed.roots()
        self._of_packages = set()  # files that were read there, but for bytecode
        self._read = {}  # other path: its state when it was opened first
        self._written = set()  # by this process itself
        self._listed = {}  # (way to list, folder): the names when it was listed first
        self._watches = True
        self.begin()
        sys.addaudithook(self._audit)

    def begin(self):
        """From now on nothing may change that is loaded."""
        self._began = time.time_ns()

    def end(self):
        self._watches = False

    def _audit(self, event, arguments):
        if not self._watches or event not in EVENTS:
            return
        path = arguments[1 if event == 'os.rename' else 0]
        if not isinstance(path, (str, bytes, os.PathLike)):
            path = '.' if path is None else '/dev/fd'  # a descriptor
        path = os.fsdecode(path)
        if path[:1] != '/':
            path = os.path.abspath(path)
        if path.startswith(ELSEWHERE):
            return
        if event == 'os.rename' or (event == 'open' and arguments[2] & WRITES):
            self._written.add(path)
        elif event != 'open':
            with self._unwatched():
                self._note_listed(path, sys._getframe(1).f_code.co_filename)
        elif path.startswith(self._packages):
            if not path.endswith('.pyc'):
                self._of_packages.add(path)
        elif not arguments[2] & NO_FILE:
            with self._unwatched():
                self._note_read(path)

    def _note_read(self, path):
        path = source_of(os.path.normpath(path))
        if path not in self._read:
            self._read[path] = installed.state_of(path)

    def _note_listed(self, folder, asking):
        if not (folder + '/').startswith(self._packages):
            way = modules_in if IMPORTERS.match(asking) else names_in
            if (way, folder) not in self._listed:
                self._listed[way, folder] = way(folder)

    def hold(self):
        """Notes the state of all that is loaded. The first path that has changed since this process began, or since it was read; or None."""
        with self._unwatched():
            return self._hold()

    def changed(self):
        """Paths of files and folders that are not what they were."""
        with self._unwatched():
            return different(self._states, self._names)

    @contextlib.contextmanager
    def _unwatched(self):
        watches, self._watches = self._watches, False
        try:
            yield
        finally:
            self._watches = watches

    def _hold(self):
        read = {path: state for path, state in self._read.items() if not self._is_own(path, state)}
        others = {path for path in (*installed.files_of_modules().values(), *self._of_packages) if path not in read}
        self._states = {**{path: installed.state_of(path) for path in others}, **installed.fingerprint(), **read}
        own = {os.path.dirname(path) for path in self._states if not path.startswith(self._packages)}
        names = {folder: modules_in(folder) for folder in own}
        self._names = {**{(modules_in, folder): there for folder, there in names.items()}, **self._listed}
        beside = {os.path.join(folder, name) for folder, there in names.items() for name in there or () if name.endswith(LOOKED_FOR)}
        states = itertools.chain(self._states.items(), ((path, installed.state_of(path)) for path in beside - set(self._states)))
        late = next((path for path, state in states if state and state[1] >= self._began), None)
        return late or next(iter(different(read, self._listed)), None)

    def _is_own(self, path, state):
        """Of this process: it wrote it, or made, read and removed it."""
        temporary = state and state[1] >= self._began and not os.path.lexists(path)
        return (path in self._written or temporary) and not path.endswith(LOOKED_FOR)


def different(states, names):
    files = [path for path, state in states.items() if installed.state_of(path) != state]
    return files + [folder for (way, folder), there in names.items() if way(folder) != there]


def source_of(path):
    """Of bytecode, where it is known: Python has compared the times of both."""
    if path.endswith('.pyc'):
        with contextlib.suppress(ValueError):
            return importlib.util.source_from_cache(path)
    return path


def modules_in(folder):
    """The names in a folder that may be looked for there; folders too."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return {entry.name for entry in entries if entry.name.endswith(LOOKED_FOR) or is_package(entry)}
    return None


def names_in(folder):
    """All but what editors and Python put there."""
    with contextlib.suppress(OSError):
        return {name for name in os.listdir(folder) if name[0] != '.' and name[-1] != '~' and name != '__pycache__'}
    return None


def is_package(entry):
    return entry.name.isidentifier() and entry.name != '__pycache__' and entry.is_dir()

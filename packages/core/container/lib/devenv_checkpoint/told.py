"""
Tells `reload` which code this process reads, on a pipe whose descriptor is in DEVENV_TOLD: the paths of sources, each ended by a zero.
What it has not read may be saved without it (devenv_container/told.py). Python tells of each file that it opens, of bytecode too.
"""

import contextlib
import os
import sys

from devenv_checkpoint import installed
from devenv_checkpoint.loaded import source_of

CODE = ('.py', '.pyc')


def begin():
    """Where `reload` wants to know."""
    number = os.environ.pop('DEVENV_TOLD', None)
    return Told(int(number)) if number else None


class Told:
    def __init__(self, pipe):
        self._packages = installed.roots()
        self._paths = {}  # all that were read, in their order
        self._pipe = None
        for path in installed.files_of_modules().values():
            self._note(path)
        self.tell(pipe)
        sys.addaudithook(self._audit)

    def tell(self, pipe):
        """There, from now on: also what was read before."""
        os.set_inheritable(pipe, False)
        self._pipe = pipe
        for path in self._paths:
            self._write(path)

    def rest(self):
        """In a copy of this process that serves nobody."""
        self._pipe = None

    def _audit(self, event, arguments):
        if event == 'open':
            with contextlib.suppress(TypeError, ValueError):  # a descriptor, or nothing that can be opened
                self._note(os.fsdecode(arguments[0]))

    def _note(self, path):
        if not path.endswith(CODE) or path.startswith(self._packages):
            return
        path = source_of(os.path.abspath(path))
        if path not in self._paths and not path.startswith(self._packages):
            self._paths[path] = None
            self._write(path)

    def _write(self, path):
        pipe = self._pipe
        if pipe is None:
            return
        try:
            os.write(pipe, os.fsencode(path) + b'\0')
        except OSError:  # it is full: who cannot tell all has to be started again each time
            pipe, self._pipe = self._pipe, None
            if pipe is not None:  # no other thread has met the same
                os.close(pipe)

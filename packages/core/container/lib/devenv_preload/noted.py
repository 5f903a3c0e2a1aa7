"""
Notes the modules that a program imports, each in a line of a file, when it is looked for the first time: its name and where it was
found, separated by a tab. The place is empty for one without a file, and the line has no tab where nothing was found.
"""

import os
import sys


class Noting:
    """Finds what the others find; it is only asked first."""

    def __init__(self, file):
        self._file = file

    def find_spec(self, name, path=None, target=None):
        spec = find(sys.meta_path, self, name, path, target)
        self._note(name if spec is None else '%s\t%s' % (name, place_of(spec)))
        return spec

    def _note(self, line):
        # Opened each time: a program may close all that is open, and give the number to another file.
        try:
            file = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
        except OSError:
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            return
        try:
            os.write(file, (line + '\n').encode(errors='surrogateescape'))
        except OSError:
            pass
        finally:
            os.close(file)


def find(finders, but, *wanted):
    """What the others among the finders find."""
    for finder in finders:
        find_spec = getattr(finder, 'find_spec', None)
        spec = find_spec(*wanted) if find_spec and finder is not but else None
        if spec is not None:
            return spec
    return None


def place_of(spec):
    """Its file, or that of a namespace package the first of its folders."""
    if spec.has_location:
        return os.path.abspath(spec.origin)
    return next((os.path.abspath(folder) for folder in spec.submodule_search_locations or []), '')


def begin(file):
    sys.meta_path.insert(0, Noting(file))


def read(file):
    """The names of all that was found, in their order, with its place."""
    with open(file, errors='surrogateescape') as noted:
        return {name: place for name, tab, place in (line.rstrip('\n').partition('\t') for line in noted) if tab}

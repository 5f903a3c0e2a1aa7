"""Notices changed files below some directories: by inotify, or by looking again and again where
file events do not arrive. Hidden directories, node_modules and __pycache__ are left out, and so
is what cannot be read.

Both kinds have `fd` (poll it; None where there is none), `interval` (look again after so many
seconds; None: never), `read()`, which returns the paths that changed since it was last called, and
`is_other(path)`: whether such a path is no file that was there before, with another content now.
"""

import contextlib
import ctypes
import errno
import glob
import os
import struct
import time

LEFT_OUT = {'node_modules', '__pycache__'}
POLLING = os.environ.get('DEVENV_POLLING', '/run/devenv/polling')  # where it is, files are looked at, and it says why

ATTRIB = 0x4
CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x8, 0x40, 0x80, 0x100, 0x200
OVERFLOW, IGNORED = 0x4000, 0x8000
ONLYDIR, EXCL_UNLINK, ISDIR = 0x1000000, 0x4000000, 0x40000000
MASK = CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATE | DELETE | ONLYDIR | EXCL_UNLINK
HEADER = struct.Struct('iIII')  # watch, mask, cookie, bytes of the name that follows


class Inotify:
    """The system calls. Raises OSError: EMFILE (too many instances), ENOSPC (too many watches)."""

    def __init__(self):
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.fd = self._checked(self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))

    def watch(self, directory, mask=MASK):
        return self._checked(self._libc.inotify_add_watch(self.fd, os.fsencode(directory), mask))

    def unwatch(self, watch):
        self._libc.inotify_rm_watch(self.fd, watch)

    def read(self):
        """Yields (watch, mask, name), name '' where the event is about the directory itself."""
        try:
            data = os.read(self.fd, 1 << 18)
        except BlockingIOError:
            return
        at = 0
        while at < len(data):
            watch, mask, _, size = HEADER.unpack_from(data, at)
            at += HEADER.size
            yield watch, mask, os.fsdecode(data[at:at + size].rstrip(b'\0'))
            at += size

    def _checked(self, result):
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return result


class Events:
    interval = None

    def __init__(self, roots, suffixes):
        self._roots, self._suffixes = roots, tuple(suffixes)
        self._inotify = Inotify()
        self.fd = self._inotify.fd
        self._directories = {}  # by watch
        self._files = {path for root in roots for path in self._add(root)}
        self._others = set()

    def is_other(self, path):
        return path in self._others

    def read(self):
        changed = self._read()
        there = set(filter(os.path.isfile, changed))
        self._others = {path for path in changed if path not in self._files & there}
        self._files = self._files.difference(changed) | there
        return changed

    def _read(self):
        changed = []
        for watch, mask, name in self._inotify.read():
            if mask & OVERFLOW:
                changed.append('(more files than can be told)')
                for root in self._roots:
                    changed += self._add(root)
                continue
            if mask & IGNORED:
                self._directories.pop(watch, None)
                continue
            directory = self._directories.get(watch)
            if directory is None or not name:
                continue
            path = os.path.join(directory, name)
            if mask & ISDIR:
                if mask & MOVED_FROM and self._drop(path):
                    changed.append(path)
                if mask & (CREATE | MOVED_TO) and is_ours(name):
                    # What was put there before the watch stood made no event.
                    changed += self._add(path)
            elif name.endswith(self._suffixes) and name[0] != '.':
                # A file that is created is written next, and closed; a link is complete at once.
                if not mask & CREATE or os.path.islink(path):
                    changed.append(path)
        return changed

    def _drop(self, root):
        """What was moved away: no event tells of each file in it. The watches that it had."""
        below = [watch for watch, path in self._directories.items() if path == root or path.startswith(root + os.sep)]
        for watch in below:
            self._inotify.unwatch(watch)
            del self._directories[watch]
        return below

    def _add(self, root):
        """Watches the directories below root; returns the files that are there already."""
        found = []
        waiting = [root]
        while waiting:
            directory = waiting.pop()
            try:
                self._directories[self._inotify.watch(directory)] = directory
            except OSError as error:
                if error.errno in (errno.EACCES, errno.ENOENT, errno.ENOTDIR):
                    continue
                raise
            files, directories = listed(directory, self._suffixes)
            found += [entry.path for entry in files]
            waiting += directories
        return found


class Scan:
    """Looks at every file again, once a second, or less often: never more than 5 % of a core."""

    fd = None
    interval = 1.0

    def __init__(self, roots, suffixes):
        self._roots, self._suffixes = roots, tuple(suffixes)
        self._seen = self._look()

    def read(self):
        before, self._seen = self._seen, self._look()
        self._others = before.keys() ^ self._seen.keys()
        return sorted({path for path, _ in before.items() ^ self._seen.items()})

    def is_other(self, path):
        return path in self._others

    def _look(self):
        started = time.monotonic()
        seen = {}
        waiting = list(self._roots)
        while waiting:
            files, directories = listed(waiting.pop(), self._suffixes)
            waiting += directories
            for entry in files:
                try:
                    state = entry.stat()
                except OSError:
                    continue
                seen[entry.path] = (state.st_mtime_ns, state.st_size, state.st_ino)
        self.interval = max(Scan.interval, 20 * (time.monotonic() - started))
        return seen


def forget_bytecode(paths):
    """Python takes bytecode for that of a source of the same size, saved in the same second: of two saves within a
    second it goes on serving the first. So what changed has none (https://github.com/python/cpython/issues/75953)."""
    for path in paths:
        directory, name = os.path.split(path)
        module, suffix = os.path.splitext(name)
        if suffix == '.py':
            for bytecode in glob.glob(glob.escape(os.path.join(directory, '__pycache__', module)) + '.*.pyc'):
                with contextlib.suppress(OSError):
                    os.unlink(bytecode)


def is_ours(directory):
    return directory[0] != '.' and directory not in LEFT_OUT


def listed(directory, suffixes):
    """The files with one of the suffixes, as entries, and the directories to go on to, as paths."""
    files, directories = [], []
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if is_ours(entry.name):
                        directories.append(entry.path)
                elif entry.name.endswith(suffixes) and entry.name[0] != '.':
                    files.append(entry)
    except OSError:
        pass
    return files, directories

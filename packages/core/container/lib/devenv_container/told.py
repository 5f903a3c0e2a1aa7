"""For `reload`: which code a program has read, as it tells (lib/devenv_checkpoint/told.py). Where it has not read what was saved, it goes on."""

import contextlib
import fcntl
import os

F_SETPIPE_SZ = 1031
ROOM = 1 << 20  # bytes: of the LMS some 200,000


class Told:
    def __init__(self):
        self._reading = None
        self._begin(None)

    def _begin(self, reading):
        if self._reading is not None:
            os.close(self._reading)
        self._reading = reading
        self._read = set()
        self._folders = {}
        self._half = b''

    def pipe(self):
        """For the program that is about to start: where it is to tell."""
        reading, writing = os.pipe()
        for end in (reading, writing):
            os.set_blocking(end, False)
        with contextlib.suppress(OSError):
            fcntl.fcntl(writing, F_SETPIPE_SZ, ROOM)
        self._begin(reading)
        return writing

    def has_read(self, path):
        """Whether the program has, or may have: one that does not tell has, as has one that has not begun to."""
        self._listen()
        return self._reading is None or not self._read or not self._read.isdisjoint(self._names_of(path))

    def _listen(self):
        while self._reading is not None:
            try:
                told = os.read(self._reading, ROOM)
            except BlockingIOError:
                return
            if not told:
                return self._begin(None)
            *paths, self._half = (self._half + told).split(b'\0')
            for path in paths:
                self._read.update(self._names_of(os.fsdecode(path)))

    def _names_of(self, path):
        """What a file is known by, whatever way leads to it. Not by its number, which is another after it was replaced."""
        names = set()  # by its folder's path, and by its folder's number where there is one
        for each in {path, os.path.realpath(path)} if os.path.islink(path) else {path}:
            folder, name = os.path.split(os.path.abspath(each))
            if folder not in self._folders:
                with contextlib.suppress(OSError):
                    found = os.stat(folder)
                    self._folders[folder] = (found.st_dev, found.st_ino)
            names.update((known, name) for known in (folder, self._folders.get(folder)) if known)
        return names

"""Where the lines of a program go (OEP-5 rule 3): to disk with the time, and to the container's
own output with the program's name.

    /var/log/devenv/web.log    2026-01-31T09:00:00.123Z err Traceback (most recent call last):
    the container's stderr     web | Traceback (most recent call last):

Several processes may write at once (a program that was restarted, beside the last lines of the
one before; all programs on the container's output), so both sides lock what they write to.
Nothing here raises: a full disk or a closed terminal must not stop a program.
"""

import contextlib
import fcntl
import os
import select
import time

DIRECTORY = os.environ.get('DEVENV_LOG_DIR', '/var/log/devenv')
CONSOLE = os.environ.get('DEVENV_CONSOLE', '/proc/1/fd')
FILE_BYTES = int(os.environ.get('DEVENV_LOG_BYTES', 10 * 1024 * 1024))
FILES = int(os.environ.get('DEVENV_LOG_FILES', 10))

ATOMIC = select.PIPE_BUF  # a write of at most so many bytes to a pipe is never torn


class Lines:
    """Both places for the lines of one program. `kind` is 'out' or 'err'; lines end in a newline."""

    def __init__(self, name):
        self._disk = Disk(os.path.join(DIRECTORY, name + '.log'))
        self._console = {'out': Console('1'), 'err': Console('2')}
        self._prefix = name.encode() + b' | '

    def write(self, kind, lines):
        if not lines:
            return
        now = timestamp().encode() + b' ' + kind.encode() + b' '
        trouble = self._disk.write([now + line for line in lines])
        console = self._console[kind]
        console.write([self._prefix + line for line in lines])
        if trouble:
            console.write([self._prefix + b'devenv: ' + trouble.encode() + b'\n'])


class Disk:
    """A file that is rotated by size: NAME.log is the newest, then NAME.log.1, NAME.log.2, …"""

    def __init__(self, path):
        self._path = path
        self._fd = None
        self._lost = 0  # lines, since the disk last took one
        self._torn = False

    def write(self, lines):
        """Returns what the developer should be told, if anything."""
        data = b''.join(lines)
        if self._lost:
            note = '%s err devenv: %d lines are missing here\n' % (timestamp(), self._lost)
            data = (b'\n' if self._torn else b'') + note.encode() + data
        try:
            self._open()
            try:
                if 0 < os.fstat(self._fd).st_size > FILE_BYTES - len(data):
                    self._rotate()
                self._write_all(data)
            finally:
                unlock(self._fd)
        except OSError as error:
            first = not self._lost
            self._lost += len(lines)
            if first:
                return '%s: %s; until that is mended, lines are shown but not kept' % (
                    self._path, error.strerror)
            return None
        self._lost, self._torn = 0, False
        return None

    def _open(self):
        """Opens and locks the file that bears the name now: another process may have rotated it."""
        for _ in range(10):
            if self._fd is None:
                flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
                self._fd = os.open(self._path, flags, 0o644)
            lock(self._fd)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.stat(self._path), os.fstat(self._fd)):
                    return
            self._close()
        raise OSError(0, 'the file keeps being replaced')

    def _close(self):
        os.close(self._fd)  # which unlocks it
        self._fd = None

    def _rotate(self):
        for number in range(FILES - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                os.replace('%s.%d' % (self._path, number), '%s.%d' % (self._path, number + 1))
        os.replace(self._path, self._path + '.1')
        self._close()
        self._open()

    def _write_all(self, data):
        while data:
            written = os.write(self._fd, data)
            data = data[written:]
            self._torn = bool(data)


class Console:
    """The stdout ('1') or stderr ('2') that the container was started with."""

    def __init__(self, number):
        try:
            flags = os.O_WRONLY | os.O_APPEND | os.O_NOCTTY | os.O_CLOEXEC
            self._fd = os.open(os.path.join(CONSOLE, number), flags)
        except OSError:
            self._fd = None

    def write(self, lines):
        if self._fd is None:
            return
        lock(self._fd)
        with contextlib.suppress(OSError):
            for piece in pieces(lines):
                while piece:
                    piece = piece[os.write(self._fd, piece):]
        unlock(self._fd)


def pieces(lines):
    """Joins lines to writes that are whole even beside a writer that does not lock."""
    piece = b''
    for line in lines:
        if piece and len(piece) + len(line) > ATOMIC:
            yield piece
            piece = b''
        piece += line
    yield piece


def timestamp():
    now = time.time()
    return time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now)) + '.%03dZ' % (now % 1 * 1000)


def lock(fd):
    with contextlib.suppress(OSError):  # some shared file systems know no locks
        fcntl.flock(fd, fcntl.LOCK_EX)


def unlock(fd):
    if fd is not None:
        with contextlib.suppress(OSError):
            fcntl.flock(fd, fcntl.LOCK_UN)

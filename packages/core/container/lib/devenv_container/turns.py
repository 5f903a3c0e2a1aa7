"""Who boots first among the programs that one save starts again. Several boots at once are all slower, and
somebody waits for one of them. So of the programs that watch the same files

    a server at whose socket a connection waits     boots at once
    another server                                  boots when none that was asked boots, and none of a lower port
    what has no socket, a worker                    boots when all servers have

A server has a place from the save until it takes connections: a lock on a file, which goes with the process
that holds it, however that ends.
"""

import contextlib
import fcntl
import glob
import os
import select
import socket
import time
import zlib

DIRECTORY = os.environ.get('DEVENV_TURNS', '/run/devenv/turns')
LIMIT = float(os.environ.get('DEVENV_TURN_SECONDS', 60))  # after a save; then who still boots keeps nobody waiting
NOTICED = 0.2  # seconds within which programs that watch the same notice the same save
LOOK = 0.1  # seconds, until one looks again

ASKED, SERVER, WORKER = '0-asked', '1-server', '2-worker'


class Turn:
    """Of one program, after each save. Where there can be no files, everybody boots at once."""

    def __init__(self, roots, suffixes, listening):
        watched = [*sorted(map(os.path.realpath, roots)), *sorted(suffixes)]
        self._group = os.path.join(DIRECTORY, '%08x-' % zlib.crc32('\0'.join(watched).encode()))
        self._listening = listening
        self._port = listening.getsockname()[1] if listening else 0
        self._held = []
        self._from = self.until = None  # while it waits for its turn, or boots in it
        self._knocked = False  # whether our own connection waits for the program that boots
        if listening:
            self._take(SERVER)
            self.end()

    def begin(self, interval):
        """A save was noticed, which others notice within `interval` seconds."""
        self.end()
        now = time.monotonic()
        self._from = now + (NOTICED + interval if self._others() else 0)
        self.until = now + LIMIT
        if self._listening:
            self._take(SERVER)

    def has_come(self):
        """Whether the program may boot now. One that is asked for tells the others."""
        now = time.monotonic()
        if self.until is None or now >= self.until:
            return True
        if self._listening and is_waited_at(self._listening):
            self._take(ASKED)
            return True
        mine = self._place(SERVER if self._listening else WORKER)
        return now >= self._from and not any(is_held(place) for place in self._others() if place < mine)

    def follow(self, old_has_ended):
        """While the program boots: ends the turn once it takes connections, those that wait and then our own, and
        returns whether it does."""
        if not self._listening or time.monotonic() >= self.until:
            self.end()
        elif not self._knocked:
            # The old program would take it, too.
            self._knocked = old_has_ended and knock(self._listening)
        elif not is_waited_at(self._listening):
            self.end()
            return True
        return False

    def end(self):
        while self._held:
            os.close(self._held.pop())
        self._from = self.until = None
        self._knocked = False

    def _take(self, rank):
        with contextlib.suppress(OSError):
            os.makedirs(DIRECTORY, exist_ok=True)
            self._held.append(os.open(self._place(rank), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644))
            fcntl.flock(self._held[-1], fcntl.LOCK_EX)

    def _place(self, rank):
        return '%s%s-%05d' % (self._group, rank, self._port)

    def _others(self):
        """The places of the servers beside this program."""
        mine = self._place(ASKED), self._place(SERVER)
        return [place for place in glob.glob(self._group + '*') if place not in mine]


def is_held(place):
    with contextlib.suppress(OSError), open(place) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def is_waited_at(listening):
    """Whether a connection waits to be taken."""
    poll = select.poll()
    poll.register(listening, select.POLLIN)
    return bool(poll.poll(0))


def knock(listening):
    """A connection that asks nothing: a server takes it, sees its end, and says nothing of it."""
    with contextlib.suppress(OSError), socket.socket(listening.family) as asking:
        asking.settimeout(LOOK)
        asking.connect(listening.getsockname())
    return True

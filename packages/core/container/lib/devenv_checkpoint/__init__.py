"""
The checkpoints of a server: the process as it was early while Django was set up, and when it had been. After a save the next
server goes on from the last one that had not loaded yet what was saved, as most views, serializers and URLs are not. What had
been loaded, people save again: the server that loads it then leaves one more, where it is about to import that. lib/runserver.py
passes them, `reload` asks them (devenv_container/checkpoints.py). Runs under the service's own Python, 3.8 or later. See
docs/decisions/0038-a-server-goes-on-from-a-checkpoint.md.

    reload ──┬── server ── sets up ─────┬──────────┬──► serves … ended by a save
             │                          │          └─ checkpoint: holds all that is loaded by now
             │                          └─ checkpoint: holds less
             └── next server ───────────────► goes on from one of them, sets up the rest, serves

Each is a child of `reload`, as the servers are. The server that is set up has a connection, whose descriptor is in DEVENV_CHECKPOINT, on
which it says in lines of JSON

    {ready: PID, reached} a checkpoint is there, with Django set up or not yet; with it comes the connection to that, or
    {no: why}             nothing can go on from where it is set up

and closes it when it is set up. A checkpoint is asked

    {before: [MODULE]}    with what the next server has as 0, 1, 2, maybe its socket as 3, its connection, and where it tells what it reads
    {lend: …}             the same with what another program, a worker, has (devenv_container/lending.py); it answers

    {pid: PID}            of that server, or of that worker,
    {failed: why}         that worker could not become one, or
    {no: [MODULE]}        something that it holds has changed, of that these were imported, and it has ended

and ends with its connection.
"""

import _thread
import contextlib
import ctypes
import fcntl
import gc
import importlib
import os
import signal
import socket
import sys
import time

from devenv_checkpoint import installed, lent
from devenv_checkpoint.loaded import Loaded
from devenv_container.lines import receive, say

PR_SET_PDEATHSIG = 1
TAKEN = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
EARLY = float(os.environ.get('DEVENV_CHECKPOINT_SECONDS', 1))  # of the CPU, until one is made while it is set up: each takes memory
ALWAYS = 5  # descriptors of a server: its streams, its connection, and where it tells what it reads; a socket is another one


def offered(told):
    """Where `reload` wants them. `told`: by what the process tells which code it reads."""
    number, before = os.environ.pop('DEVENV_CHECKPOINT', None), os.environ.pop('DEVENV_CHECKPOINT_BEFORE', '')
    return Checkpoints(socket.socket(fileno=int(number)), before.split(','), told) if number else None


class Checkpoints:
    def __init__(self, connection, before, told):
        self._told = told
        self._folder = sys.path[0]  # of the server's script
        self._reload = os.getppid()
        self._has_early = False
        self._begin(connection, before)
        self._loaded = Loaded()
        sys.meta_path.insert(0, self)

    def _begin(self, connection, before):
        self._before = set(before)  # names of modules
        os.set_inheritable(connection.fileno(), False)
        self._connection = connection
        self._open = open_files()

    def find_spec(self, name, path=None, target=None):
        """As a finder of Python's that finds nothing: what is looked for is about to be imported."""
        if name in self._before:
            self._before = set()
            self._make()

    def pass_by(self):
        """While it is set up: as `reach`, once."""
        if not self._has_early and time.process_time() >= EARLY:
            self._has_early = True
            self._make()

    def reach(self):
        """Once it is set up. Returns in the server at hand, and in each that goes on from here later."""
        why = self._make(reached=True)
        if why:
            say(self._connection, no=why)
        self._end()
        self._connection.close()

    def _end(self):
        self._loaded.end()
        with contextlib.suppress(ValueError):  # somebody has put others in its place
            sys.meta_path.remove(self)

    def _make(self, reached=False):
        """Why there can be none; None, in each server, where all is well."""
        why = self._obstacle()
        if why:
            return why
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        gc.freeze()  # the collector would write into what all share
        if not self._fork():
            self._wait(reached)
        return None

    def _obstacle(self):
        changed = self._loaded.hold()
        if changed:
            return '%s has changed meanwhile' % changed
        left = [path for number, path in open_files().items() if number not in self._open]
        if _thread._count():
            return 'a thread runs when it is set up'
        # Of a socket or a pipe without its number, which is another one each time.
        return '%s is open when it is set up' % left[0].partition(':[')[0] if left else None

    def _fork(self):
        """As fork, but the child is one of `reload`; whether this is the one that was there before."""
        child = os.fork()
        if child:
            os.waitpid(child, 0)
            return True
        between = os.getpid()
        if os.fork():
            os._exit(0)
        while os.getppid() == between:
            time.sleep(0.0005)
        if os.getppid() != self._reload:
            os._exit(0)  # it has gone
        os.setpgid(0, 0)
        return False

    def _wait(self, reached):
        """In the checkpoint. Returns in each server."""
        handlers = {number: signal.signal(number, signal.SIG_IGN) for number in TAKEN}
        self._told.rest()
        mine, theirs = socket.socketpair()
        mine = socket.socket(fileno=aside(mine.detach()))
        with theirs:
            say(self._connection, [theirs.fileno()], ready=os.getpid(), reached=reached)
        self._connection.detach()
        nothing = os.open(os.devnull, os.O_RDWR)
        place([nothing] * 3, mine.fileno())
        while True:
            asked, descriptors = receive(mine)
            if asked is None:
                os._exit(0)
            self._loaded.begin()
            changed = self._loaded.changed()
            if changed:
                say(mine, no=installed.modules_of(changed))
                os._exit(0)
            if not self._fork():
                break
            for descriptor in descriptors:
                os.close(descriptor)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if 'lend' in asked:
            self._lend(asked['lend'], mine, descriptors)
        # Where `reload` is killed, a server that nobody reloads must not go on serving old code.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        os.environ['DEVENV_SAVED'] = '1'
        if len(descriptors) > ALWAYS:
            os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()))
        place(descriptors, mine.fileno())
        importlib.invalidate_caches()
        if not say(mine, pid=os.getpid()):
            os._exit(0)  # `reload` waits for it no more
        mine.close()
        connection, pipe = range(len(descriptors))[-2:]
        self._told.tell(pipe)
        self._begin(socket.socket(fileno=connection), asked['before'])

    def _lend(self, asked, mine, descriptors):
        """In the process that is to be a worker. It belongs to who asked for it, and ends with that."""
        try:
            lent.join(asked)
        except OSError as error:
            say(mine, failed=str(error))
            os._exit(0)
        place(descriptors, mine.fileno())
        say(mine, pid=os.getpid())
        mine.close()
        self._end()
        connection, pipe = range(len(descriptors))[-2:]
        self._told.tell(pipe)
        importlib.invalidate_caches()
        lent.run(asked['script'], self._folder, socket.socket(fileno=connection))


def open_files():
    """Descriptor to what it leads to."""
    found = {}
    for number in os.listdir('/proc/self/fd'):
        with contextlib.suppress(OSError):  # that of the list
            found[number] = os.readlink('/proc/self/fd/' + number)
    return found


def aside(fd):
    """The same above those that have a meaning."""
    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 64)


def place(streams, but):
    """These become 0, 1, 2, …; of all others that one alone stays open."""
    above = [aside(fd) for fd in streams]
    for number, fd in enumerate(above):
        os.dup2(fd, number)
    for number in open_files():
        if int(number) >= len(streams) and int(number) != but:
            with contextlib.suppress(OSError):
                os.close(int(number))

"""
For two of `reload`: a worker goes on from where a server with the same settings was set up, so that Django is set up, and held in memory, once
for both.

    reload of the server ──┬── server
                           ├── checkpoint ── forks ──┐
                           └── worker  ◄─────────────┘  in the group of its deputy, with the deputy's streams
                                  │ connection
    reload of the worker ───── deputy: passes signals on, and ends as the worker does

The deputy is what the reload of the worker started, and what it takes for the program. It asks at a socket of the server's reload

    {python: WORD, script: [WORD], environment: {NAME: VALUE}, directory: PATH, group: PGID, nice: NUMBER}
                              with what the worker has as 0, 1, 2, with its connection, and with the pipe where it tells what it reads

and hears on that connection {pid: PID} and {code: CODE} of the worker (devenv_checkpoint/lent.py), and {signal: NUMBER} or {code: CODE} of the reload,
whose child that is; or {no: why}. Then it becomes the program itself, as ever. The worker is killed when the deputy has gone.
"""

import contextlib
import os
import select
import signal
import socket
import time

from devenv_container import processes
from devenv_container.debugged import is_debugged
from devenv_container.lines import receive, say

DIRECTORY = os.environ.get('DEVENV_LENDING', '/run/devenv/lending')
AVAILABLE = os.environ.get('DEVENV_AVAILABLE', '/etc/devenv/supervisor')
PROGRAMS = os.environ.get('DEVENV_PROGRAM_LINKS', '/run/devenv/programs')
THERE = 5.0  # seconds until a reload that is started beside this one has its socket
HEARD = 5.0  # seconds for a request, which comes at once
# What may differ between a server and its worker without a difference to how they are set up.
OWN = ('SUPERVISOR_', 'CELERY_', 'DEVENV_', 'LISTEN_', '_')
PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


class Lender:
    """On the side of the server."""

    def __init__(self, name, command, checkpoints, say):
        self._command, self._checkpoints, self._say = command, checkpoints, say
        self._said = set()  # reasons
        self._asking = []  # what was asked, and the descriptors that came with it: the last but one is the connection
        self._lent = {}  # pid of a worker, which is a child of this process: its program, and a connection to its deputy
        self._path = path_of(name)
        os.makedirs(DIRECTORY, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(self._path)
        self._socket.listen(16)

    @property
    def pids(self):
        return set(self._lent)

    def bury(self, dead):
        """Tells the deputy how a worker has ended, and ends what that has left behind."""
        name, connection = self._lent.pop(dead.si_pid, (None, None))
        if not connection:
            return
        with connection:
            say(connection, **({'code': dead.si_status} if dead.si_code == os.CLD_EXITED else {'signal': dead.si_status}))
        for pid in processes.read_children().get(os.getpid(), []):
            if name and processes.program_of(pid) == name:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def watched(self):
        """What wakes it: somebody who asks, or the server that is set up for whom somebody waits."""
        return [self._socket, *(self._checkpoints.watched() if self._asking else [])]

    def answer(self, is_about_to_boot):
        """Lends what it can to all who ask; they wait for a server that is being set up, or about to be."""
        while select.select([self._socket], [], [], 0)[0]:
            connection, _ = self._socket.accept()
            with connection:
                asked, descriptors = receive(connection, HEARD)
            if asked:
                self._asking.append((asked, descriptors))
        for asked, descriptors in list(self._asking):
            why = self._obstacle(asked)
            pid = None if why else self._checkpoints.lend(asked, descriptors)
            if pid:
                name = asked['environment'].get('SUPERVISOR_PROCESS_NAME')
                self._lent[pid] = name, socket.socket(fileno=os.dup(descriptors[-2]))
            elif not why and (is_about_to_boot or self._checkpoints.are_coming()):
                continue
            else:
                with socket.socket(fileno=os.dup(descriptors[-2])) as connection:
                    say(connection, no=why)
            self._asking.remove((asked, descriptors))
            for descriptor in descriptors:
                os.close(descriptor)

    def _obstacle(self, asked):
        names = sorted(name for name in {*os.environ, *asked['environment']}
                       if not name.startswith(OWN) and os.environ.get(name) != asked['environment'].get(name))
        if asked['python'] != self._command[0]:
            names.insert(0, 'Python')
        if names and names[0] not in self._said:
            self._said.add(names[0])
            self._say('a worker that is to go on from here boots whole: its %s is another' % names[0])
        return names[0] if names else None

    def close(self):
        self._socket.close()
        with contextlib.suppress(OSError):
            os.unlink(self._path)


def is_known(name):
    """Whether the environment has a program of that name."""
    return os.path.exists('%s/%s.conf' % (AVAILABLE, name))


def path_of(name):
    return os.path.join(DIRECTORY, name + '.socket')


def borrow(name, command, pipe):
    """
    In the process that is to become a worker, by `python lib/telling.py SCRIPT WORD…`: ends as the worker does. Returns where nobody lends, and
    it has to boot whole.
    """
    connection = connect(name)
    if not connection:
        return
    mine, theirs = socket.socketpair()
    with connection, theirs:
        asked = {'python': command[0], 'script': command[2:], 'environment': dict(os.environ),
                 'directory': os.getcwd(), 'group': os.getpgid(0), 'nice': os.nice(0)}
        say(connection, [0, 1, 2, theirs.fileno(), pipe], **asked)
    with mine:
        answer, _ = receive(mine)
        if answer and 'pid' in answer:
            stand_for(answer['pid'], mine)


def connect(name):
    until = time.monotonic() + THERE
    while os.path.lexists('%s/%s.conf' % (PROGRAMS, name)) and not is_debugged(name) and time.monotonic() < until:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(path_of(name))
            return connection
        except OSError:
            connection.close()
            time.sleep(0.05)
    return None


def stand_for(pid, connection):
    """Passes signals on to the worker, until it ends; then ends alike."""
    def pass_on(number, _):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    for number in PASSED_ON:
        signal.signal(number, pass_on)
    ended, _ = receive(connection)
    if ended and 'code' in ended:
        os._exit(ended['code'])
    number = ended['signal'] if ended else signal.SIGKILL
    with contextlib.suppress(OSError):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)

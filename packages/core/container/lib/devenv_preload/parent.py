"""
The parent of programs. FILE says, as JSON, {socket, lock, identity, records, common, code, without}. It imports what all records
have in common; each connection is a `reload`, and gets a child of its own, a branch, that imports the rest of its record and forks
programs:

    parent ── branch of web ──── program
       └───── branch of worker ─ program

On a connection lines of JSON go to and fro. A `reload` says first {record, environment, group}, and then

    {start: WORDS, environment, folder, umask, nice, listening}, with the streams 0, 1, 2 and maybe a socket
                                                     → {pid}, or {no: why} where the program has to be started otherwise
    {reap: PID}        of what has ended, whose number is taken until then

and is told {ready: how many modules} or {no: why}, and {ended: PID, code, status} as waitid(2) has it. When it goes, its programs
are told to end. What a program has started ends with it.
"""

import array
import contextlib
import ctypes
import errno
import fcntl
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time

from devenv_container import processes
from devenv_preload import installed, learn, program

PR_SET_PDEATHSIG, PR_SET_NAME, PR_SET_CHILD_SUBREAPER = 1, 15, 36
LISTEN_FD = 3
UNUSED = 60.0  # seconds until the first `reload` has come
ENDING = 5.0  # seconds that another parent has to end
GRACE = 5.0  # seconds that programs have to end whose `reload` has gone
STALE = 3  # how a branch ends when the parent has imported what is now another file
ON = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


def main(at_the_start, file, _room_for_titles):
    """Returns in a program, what runs it."""
    with open(file) as asked:
        asked = json.load(asked)
    lock = os.open(asked['lock'], os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if not taken(lock):
        return None  # there is one
    with contextlib.suppress(FileNotFoundError):
        os.unlink(asked['socket'])
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(asked['socket'])
    listening.listen(64)
    for name in asked['without']:
        os.environ.pop(name, None)
    parent = Parent(asked, at_the_start)
    parent.import_common()
    return parent.serve(listening, lock)


def taken(lock):
    """Whether it is ours, be it after one that comes to its end."""
    until = time.monotonic() + ENDING
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)


class Parent:
    def __init__(self, asked, at_the_start):
        self._asked = asked
        self._at_the_start = at_the_start
        self._unusable = None
        self._records = {}
        for file in asked['records']:
            with contextlib.suppress(OSError, ValueError), open(file) as record:
                self._records[file] = json.load(record)

    def import_common(self):
        records = list(self._records.values())
        common = records[0] if len(records) == 1 else self._common(records)
        self._unusable = common.get('unusable') or import_all(common)

    def _common(self, records):
        with contextlib.suppress(OSError, ValueError), open(self._asked['common']) as kept:
            kept = json.load(kept)
            if kept['identity'] == self._asked['identity']:
                return kept
        shared = {name for name in set.intersection(*(set(record['found']) for record in records)) if all(
            record['reads'].get(name) == records[0]['reads'].get(name) for record in records)}
        names = [name for name in records[0]['modules'] if name in shared]
        found = learn.trial(names, shared, [], self._asked['code'], self._asked['without'])
        learn.write(self._asked['common'], {'identity': self._asked['identity'], **found})
        return found

    def serve(self, listening, lock):
        self._states = installed.states_of_modules()
        gc.collect()
        gc.freeze()
        wake = wake_by(signal.SIGCHLD)
        poll = select.poll()
        poll.register(listening, select.POLLIN)
        poll.register(wake, select.POLLIN)
        branches, until = set(), time.monotonic() + UNUSED
        while branches or time.monotonic() < until:
            ready = [fd for fd, _ in poll.poll(None if branches else UNUSED * 1000)]
            if listening.fileno() in ready:
                connection, _ = listening.accept()
                pid = os.fork()
                if not pid:
                    listening.close()
                    os.close(lock)  # the parent's alone
                    return Branch(connection, self._at_the_start, self._states).run(self._unusable)
                branches.add(pid)
                connection.close()
            if wake in ready:
                drain(wake)
                ended = reaped(branches)
                branches -= set(ended)
                if STALE in ended.values():
                    break
                until = time.monotonic()
        os._exit(0)


class Branch:
    def __init__(self, connection, at_the_start, states):
        self._connection = connection
        self._rest = b''
        self._received = []  # descriptors
        self._at_the_start = at_the_start
        self._states = states
        self._libc = ctypes.CDLL(None)
        self._programs = {}  # pid: whether it was told that it has ended

    def run(self, unusable):
        """Returns in a program, what runs it."""
        for number in ON:
            signal.signal(number, signal.SIG_IGN)
        self._wake = wake_by(signal.SIGCHLD)
        self._libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        hello = self._receive()
        if hello is None:
            os._exit(0)
        # With its `reload`, for whoever counts what belongs together.
        with contextlib.suppress(OSError):
            os.setpgid(0, hello['group'])
        changed = installed.changed(self._states)
        why = unusable or (changed and '%s has changed' % changed) or self._prepare(hello)
        if why:
            self._say(no=why)
            os._exit(STALE if changed else 0)
        self._say(ready=len(self._record['loaded']))
        return self._serve()

    def _prepare(self, hello):
        with open(hello['record']) as record:
            self._record = json.load(record)
        set_environment(hello['environment'])
        why = import_all(self._record)
        self._states = {**self._record['fingerprint'], **installed.states_of_modules()}
        gc.collect()
        gc.freeze()
        return why

    def _serve(self):
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        while True:
            ready = [fd for fd, _ in poll.poll()]
            if self._wake in ready:
                drain(self._wake)
                self._reap()
            if self._connection.fileno() not in ready:
                continue
            run = self._answer(self._receive())
            while not run and b'\n' in self._rest:  # came with it
                run = self._answer(self._receive())
            if run:
                return run

    def _answer(self, asked):
        """Returns in a program, what runs it."""
        if asked is None:
            self._end()
        if 'reap' in asked:
            return self._let_go(asked['reap'])
        return self._start(asked)

    def _start(self, asked):
        """Returns in the program, what runs it."""
        streams, self._received = self._received, []
        changed = installed.changed(self._states)
        if changed:
            self._say(no='%s has changed' % changed)
        else:
            # A signal that comes before the child is the program must not be swallowed by what we do with it.
            signal.pthread_sigmask(signal.SIG_BLOCK, ON)
            pid = os.fork()
            if not pid:
                return self._become(asked, streams)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ON)
            with contextlib.suppress(OSError):
                os.setpgid(pid, pid)
            self._programs[pid] = False
            self._say(pid=pid)
        for fd in streams:
            os.close(fd)
        return None

    def _become(self, asked, streams):
        signal.set_wakeup_fd(-1)
        for number in (*ON, signal.SIGCHLD):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ON)
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        self._libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        self._libc.prctl(PR_SET_NAME, os.path.basename(asked['start'][1 if asked['start'][0] == '-m' else 0]).encode()[:15], 0, 0, 0)
        show([sys.executable, *asked['start']])
        self._connection.close()
        place(streams)
        os.chdir(asked['folder'])
        os.umask(asked['umask'])
        os.nice(asked['nice'])
        environment = asked['environment']
        if len(streams) > LISTEN_FD:
            environment.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()))
        set_environment(environment)
        # What is found there now may have come since it was last listed.
        for folder in [folder for folder in sys.path_importer_cache if not folder.startswith(installed.roots())]:
            del sys.path_importer_cache[folder]
        return program.ready(asked['start'], forget=program.imported_since(self._at_the_start | set(self._record['loaded'])))

    def _reap(self):
        for pid, told in self._programs.items():
            ended = None if told else os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended:
                self._programs[pid] = True
                self._say(ended=pid, code=ended.si_code, status=ended.si_status)
        if reaped(self._orphans()):
            self._end_orphans()

    def _let_go(self, pid):
        if self._programs.pop(pid, None) is not None:
            os.waitpid(pid, 0)
            self._end_orphans()

    def _orphans(self):
        return [pid for pid in processes.read_children().get(os.getpid(), []) if pid not in self._programs]

    def _end_orphans(self):
        """What is older than every program that lives belonged to one that has ended."""
        oldest = min(map(processes.started_at, self._programs), default=float('inf'))
        for pid in self._orphans():
            if processes.started_at(pid) < oldest:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)

    def _end(self):
        """Whoever reloads the programs has gone; then nobody may go on with old code."""
        until = time.monotonic() + GRACE
        number = signal.SIGTERM
        while self._programs or self._orphans():
            for pid in self._programs:
                with contextlib.suppress(OSError):
                    os.kill(pid, number) if number == signal.SIGTERM else os.killpg(pid, number)
            while self._programs and not reaped(self._programs_ended()) and time.monotonic() < until:
                time.sleep(0.02)
            number = signal.SIGKILL
            self._end_orphans()
            reaped(self._orphans())
            time.sleep(0.005)
        os._exit(0)

    def _programs_ended(self):
        for pid in list(self._programs):
            ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if ended:
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
                del self._programs[pid]
                yield pid

    def _say(self, **words):
        with contextlib.suppress(OSError):  # it has gone; that is seen when it is listened to
            self._connection.sendall(json.dumps(words).encode() + b'\n')

    def _receive(self):
        """The next line; None where there are no more. Descriptors that came with it are kept."""
        while b'\n' not in self._rest:
            data = b''
            with contextlib.suppress(ConnectionError):
                data, extra, _, _ = self._connection.recvmsg(1 << 16, socket.CMSG_SPACE(8 * 4), socket.MSG_CMSG_CLOEXEC)
                for level, kind, content in extra:
                    if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                        descriptors = array.array('i')
                        descriptors.frombytes(content[:len(content) - len(content) % descriptors.itemsize])
                        self._received += descriptors
            if not data:
                return None
            self._rest += data
        line, _, self._rest = self._rest.partition(b'\n')
        return json.loads(line)


def import_all(record):
    """Why it is not to be used; None where all went as in the trial."""
    allowed = Allowed(record['found'])
    sys.meta_path.insert(0, allowed)
    try:
        for name in record['modules']:
            importlib.import_module(name)
    except BaseException as error:  # pylint: disable=broad-except
        return 'the import of %s failed: %s: %s' % (name, type(error).__name__, error)
    finally:
        sys.meta_path.remove(allowed)
    return None


class Allowed:
    """Has nothing be found but what the trial has imported."""

    def __init__(self, names):
        self._names = frozenset(names)

    def find_spec(self, name, path=None, target=None):
        if name not in self._names:
            raise ModuleNotFoundError('No module named %r' % name, name=name)
        return None


def set_environment(values):
    for name in set(os.environ) - set(values):
        del os.environ[name]
    for name, value in values.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


def show(words):
    """
    As the command line, written over that of the parent, which left room for it. Where the last byte there is none that ends a word, Linux shows the
    text up to the first that does (fs/proc/base.c, get_mm_proctitle).
    """
    with open('/proc/self/stat', 'rb') as stat:
        start, end = map(int, stat.read().rpartition(b')')[2].split()[45:47])
    text = os.fsencode(' '.join(words))[:end - start - 2]
    ctypes.memmove(start, text.ljust(end - start - 1, b'\0') + b' ', end - start)


def place(streams):
    """These become 0, 1, 2, …; nothing else stays open."""
    above = [fcntl.fcntl(fd, fcntl.F_DUPFD, 64) for fd in streams]
    for number, fd in enumerate(above):
        os.dup2(fd, number)
    for name in os.listdir('/proc/self/fd'):
        if int(name) >= len(streams):
            with contextlib.suppress(OSError):
                os.close(int(name))


def wake_by(number):
    """A descriptor that can be read when the signal has come."""
    wake, waker = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(number, lambda *_: None)
    return wake


def drain(wake):
    with contextlib.suppress(BlockingIOError):
        os.read(wake, 512)


def reaped(pids):
    """Of these children those that have ended, each with its outcome; they are no more."""
    ended = {}
    for pid in list(pids):
        try:
            found, status = os.waitpid(pid, os.WNOHANG)
        except OSError as error:
            if error.errno != errno.ECHILD:
                raise
            continue
        if found:
            ended[pid] = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
    return ended

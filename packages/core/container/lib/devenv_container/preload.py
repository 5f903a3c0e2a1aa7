"""
For `reload`: has a program of Python start from a process that has its installed packages already (lib/devenv_preload, in the
service's own Python).

    noting ──quiet──► learning ──► learned ──nobody else learns──► warming ──► ready ──a package has changed──► noting
       ▲ a first boot, which is noted         ▲ a record of an earlier one

While it is not ready, programs boot as ever; only a first start waits for it where there is a record. Whatever goes wrong, they boot as
ever, and `reload` prints the reason once.
"""

import array
import collections
import contextlib
import ctypes
import fcntl
import glob
import hashlib
import json
import os
import re
import select
import shutil
import signal
import socket
import time

from devenv_container.turns import is_held

SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), 'preload.py')
DIRECTORY = os.environ.get('DEVENV_PRELOAD', '/run/devenv/preload')
RECORDS = os.environ.get('DEVENV_PRELOAD_RECORDS', '/var/lib/devenv/cache/preload')
QUIET = float(os.environ.get('DEVENV_PRELOAD_QUIET', 5))  # seconds without a further import
LOOK = 0.5  # seconds, until one looks again
PATIENCE = 90.0  # seconds that a first start waits
BEGINNING = 20.0  # seconds that a parent has until it listens
RETRIES = 3
TITLE = 4000  # characters that a program may have as its command line
ANSWER = 5.0  # seconds that a start may take
PR_SET_CHILD_SUBREAPER = 36

PYTHON = re.compile(r'^python(3(\.\d+)?)?$')
# What Python and the C library look at when they start: parents with another one are others.
AT_START = re.compile(r'^(PYTHON|LC_|LD_|MALLOC_|GLIBC_)|^(LANG|LANGUAGE|TZ)$')
# Of the program, not of what it imports ahead: it says which settings there are, which are code.
WITHOUT = ['DJANGO_SETTINGS_MODULE', 'LISTEN_FDS', 'LISTEN_PID', 'DEVENV_SAVED']

Ended = collections.namedtuple('Ended', 'si_pid si_code si_status')


class NotPython(Exception):
    """Nothing is to be said of it."""


class Preload:
    def __init__(self, command, code, nice, say):
        self._command, self._nice, self._say = command, nice, say
        self._code = [os.path.realpath(folder) for folder in code]
        self._state, self._branch, self._old = 'off', None, []
        self._retries = RETRIES
        self._parent_until = 0.0
        self._learning = self._lock = None  # a descriptor that ends with it; that of a lock
        self._since = time.monotonic()
        try:
            if os.environ.get('DEVENV_RELOAD') != 'fork' or 'DEVENV_DEBUG_PORT' in os.environ:
                return
            self._python, self._words = python_program(command)
            self._prepare()
        except NotPython:
            pass
        except Exception as error:  # pylint: disable=broad-except
            self._give_up(error)

    def _prepare(self):
        for folder in (DIRECTORY, RECORDS):
            os.makedirs(folder, exist_ok=True)
        self._program = [self._python, self._words, os.getcwd(), startup_variables()]
        name = os.environ.get('SUPERVISOR_PROCESS_NAME') or digest(self._program)
        self._record = os.path.join(RECORDS, name + '.json')
        self._seen, self._asked, lock = (os.path.join(DIRECTORY, name + kind) for kind in ('.seen', '.asked', '.learning'))
        self._lock = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._to('learned' if self._has_record() else 'noting')

    def fds(self):
        """What to wait for, beside `interval`."""
        branches = [branch for branch in (self._branch, *self._old) if branch]
        return [branch.fileno() for branch in branches] + [self._learning] * (self._state == 'learning')

    @property
    def interval(self):
        return LOOK if self._state in ('noting', 'learned') else 5 * LOOK if self._state == 'warming' else None

    def is_on_the_way(self):
        """Whether a first start should wait."""
        return self._state in ('learned', 'warming') and time.monotonic() < self._since + PATIENCE

    def look(self, runs):
        """What there is to do now; the program may run or not."""
        try:
            if self._state != 'noting':
                getattr(self, '_look_' + self._state, lambda: None)()
            elif runs:
                self._look_noting()
        except Exception as error:  # pylint: disable=broad-except
            self._give_up(error)

    def words(self):
        """What boots the program, where `start` does not: its command, or that with a note of its modules."""
        if self._state != 'noting':
            return self._command
        try:
            open(self._seen, 'w').close()
        except OSError as error:
            self._give_up(error)
            return self._command
        return [self._python, SCRIPT, 'note', self._seen, *self._words]

    def start(self, listening):
        """The program's number; None where it has to be booted."""
        if self._state != 'ready':
            return None
        answer = self._branch.ask(
            {
                'start': self._words, 'environment': dict(os.environ), 'folder': os.getcwd(), 'umask': umask(),
                'nice': self._nice,
            },
            [0, 1, 2, *([listening.fileno()] if listening else [])])
        if answer and 'pid' in answer:
            self._branch.pids.add(answer['pid'])
            return answer['pid']
        if answer is None:
            self._branch.drop()
        self._leave()
        self._say((answer or {}).get('no', 'the process that has its packages does not answer') + ': it boots by itself')
        self._to('learned' if self._has_record() else 'noting')
        return None

    def ended(self):
        """Programs that have ended; their numbers are taken until they are let go."""
        found = []
        for branch in [branch for branch in (self._branch, *self._old) if branch]:
            found += branch.ended()
            if branch.is_over():
                found += branch.lost()
                branch.drop()
                self._old = [old for old in self._old if old is not branch]
                if branch is self._branch and self._state == 'ready':
                    self._branch = None
                    self._to('learned' if self._has_record() else 'noting')
        return found

    def let_go(self, pid):
        """Whether it is one of these."""
        for branch in [branch for branch in (self._branch, *self._old) if branch]:
            if pid in branch.pids:
                branch.let_go(pid)
                if branch in self._old and not branch.pids:
                    self._old.remove(branch)
                    branch.close()
                return True
        return False

    def end(self):
        for branch in [branch for branch in (self._branch, *self._old) if branch]:
            branch.close()

    def _to(self, state):
        self._state, self._since = state, time.monotonic()
        # Others wait with what all have in common.
        fcntl.flock(self._lock, fcntl.LOCK_EX if state in ('noting', 'learning') else fcntl.LOCK_UN)

    def _give_up(self, why):
        self._state = 'off'
        self._leave()
        if self._lock is not None:
            fcntl.flock(self._lock, fcntl.LOCK_UN)
        self._say('it boots by itself after each save: %s' % why)

    def _leave(self):
        if self._branch:
            self._old.append(self._branch)
        self._branch = None

    def _has_record(self):
        record = read(self._record)
        if not record or record.get('program') != self._program:
            return False
        reads = {name: value for names in record.get('reads', {}).values() for name, value in names.items()}
        return 'loaded' in record and is_as_it_was(record['fingerprint']) and all(
            value == variable(name) for name, value in reads.items())

    def _look_noting(self):
        with contextlib.suppress(FileNotFoundError):
            found = os.stat(self._seen)
            if not found.st_size or time.time() - found.st_mtime < QUIET:
                return
            write(self._asked, {
                'seen': self._seen, 'record': self._record, 'code': self._code, 'without': WITHOUT, 'program': self._program})
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._record)
            self._learning, writer = os.pipe()
            detach([self._python, SCRIPT, 'learn', self._asked], writer)
            os.close(writer)
            self._to('learning')

    def _look_learning(self):
        if not readable(self._learning):
            return
        os.close(self._learning)
        record = read(self._record)
        if not record or 'loaded' not in record:
            self._give_up((record or {}).get('unusable', 'the trial of its modules came to no end'))
        else:
            self._to('learned')

    def _look_learned(self):
        places = glob.glob(os.path.join(glob.escape(DIRECTORY), '*.learning'))
        if any(is_held(place) for place in places if not same(place, self._lock)):
            return
        records = [path for path in sorted(glob.glob(os.path.join(glob.escape(RECORDS), '*.json'))) if self._is_beside(path)]
        identity = digest([self._python, startup_variables(), [[path, os.stat(path).st_mtime_ns] for path in records]])
        place = os.path.join(DIRECTORY, identity)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(place + '.socket')
        except OSError:
            connection.close()
            if time.monotonic() < self._parent_until:
                return  # it begins
            if self._retries <= 0:
                raise
            self._retries -= 1
            self._parent_until = time.monotonic() + BEGINNING
            write(place + '.parent', {
                'socket': place + '.socket', 'lock': place + '.lock', 'identity': identity, 'records': records,
                'common': os.path.join(RECORDS, 'common'), 'code': self._code, 'without': WITHOUT})
            detach([self._python, SCRIPT, 'serve', place + '.parent', ' ' * TITLE])
            return
        self._branch, self._parent_until = Branch(connection), 0.0
        environment = {name: value for name, value in os.environ.items() if name not in WITHOUT}
        self._branch.say({'record': self._record, 'environment': environment, 'group': os.getpgrp()})
        self._to('warming')

    def _is_beside(self, path):
        """Whether it is the record of another program of the same Python, started alike."""
        record = read(path)
        return bool(record) and 'loaded' in record and record['program'][0] == self._python and \
            record['program'][3] == startup_variables() and is_as_it_was(record['fingerprint'])

    def _look_warming(self):
        said = self._branch.read()
        if said and 'ready' in said:
            self._retries = RETRIES
            self._to('ready')
            self._say('a save takes %d modules of installed packages from a process that has them' % said['ready'])
        elif said or self._branch.is_over():
            why = said.get('no') if said else 'the process that should have its packages has ended'
            self._branch.close()
            self._branch, self._parent_until = None, 0.0
            self._retries -= 1
            if self._retries <= 0:
                self._give_up(why)
            else:
                self._to('learned' if self._has_record() else 'noting')


class Branch:
    """The connection to a process that has the packages of this program."""

    def __init__(self, connection):
        self._connection = connection
        self._rest = b''
        self._said = collections.deque()
        self._is_over = False
        self.pids = set()
        self.fileno = connection.fileno

    def say(self, words, descriptors=()):
        data = json.dumps(words).encode() + b'\n'
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', descriptors))] if descriptors else []
        try:
            self._connection.settimeout(ANSWER)
            sent = self._connection.sendmsg([data], rights)
            self._connection.sendall(data[sent:])
        except OSError:
            self._is_over = True

    def ask(self, words, descriptors):
        """Its answer; None where there is none. Then it is not to be used."""
        self.say(words, descriptors)
        until = time.monotonic() + ANSWER
        while not self._is_over and time.monotonic() < until:
            select.select([self._connection], [], [], max(0, until - time.monotonic()))
            self._fetch()
            for said in self._said:
                if 'pid' in said or 'no' in said:
                    self._said.remove(said)
                    return said
        return None

    def read(self):
        self._fetch()
        return self._said.popleft() if self._said else None

    def ended(self):
        self._fetch()
        found = [Ended(said['ended'], said['code'], said['status']) for said in self._said if 'ended' in said]
        self._said = collections.deque(said for said in self._said if 'ended' not in said)
        return found

    def lost(self):
        """Its programs, when it has ended itself."""
        return [Ended(pid, os.CLD_KILLED, signal.SIGKILL) for pid in sorted(self.pids)]

    def is_over(self):
        return self._is_over

    def let_go(self, pid):
        self.pids.discard(pid)
        self.say({'reap': pid})

    def drop(self):
        """Its programs end, should they live."""
        self._is_over = True
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self):
        """When all that its programs have started has ended."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            self._connection.settimeout(ANSWER)
            while self._connection.recv(65536):
                pass
        self._connection.close()

    def _fetch(self):
        while not self._is_over and readable(self._connection):
            try:
                data = self._connection.recv(65536)
            except OSError:
                data = b''
            self._is_over = not data
            *lines, self._rest = (self._rest + data).split(b'\n')
            self._said.extend(json.loads(line) for line in lines)


def python_program(command):
    """(interpreter, script and arguments) of a command."""
    found = shutil.which(command[0])
    if found is None:
        raise NotPython
    found = os.path.abspath(found)
    if PYTHON.match(os.path.basename(found)):
        python, words = found, list(command[1:])
    else:
        python, words = interpreter_of(found), [found, *command[1:]]
    if not words or (words[0].startswith('-') and words[0] != '-m') or words == ['-m']:
        raise ValueError('it is started with options of Python')
    return python, words


def interpreter_of(script):
    with open(script, 'rb') as file:
        first = file.readline(256)
    words = first[2:].decode(errors='replace').split() if first.startswith(b'#!') else []
    if len(words) == 2 and words[0].endswith('/env'):
        words = [shutil.which(words[1]) or '']
    if len(words) != 1 or not PYTHON.match(os.path.basename(words[0])):
        raise NotPython
    return words[0]


def startup_variables():
    return {name: value for name, value in sorted(os.environ.items()) if AT_START.match(name)}


def variable(name):
    """As a record has it (devenv_preload/trial.py)."""
    value = os.environ.get(name)
    return None if value is None else hashlib.sha256(value.encode(errors='surrogateescape')).hexdigest()[:16]


def is_as_it_was(states):
    for path, state in states.items():
        try:
            found = os.stat(path)
        except OSError:
            found = None
        if state != (found and [found.st_mtime_ns, found.st_ctime_ns, found.st_size]):
            return False
    return True


def detach(command, *kept):
    """Runs it apart from us and from what we run: as a child of PID 1, in a group of its own."""
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)
    child = os.fork()
    if not child:
        try:
            if os.fork():
                os._exit(0)
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            for number in signal.valid_signals():
                with contextlib.suppress(OSError, ValueError):
                    signal.signal(number, signal.SIG_DFL)
            nothing = os.open(os.devnull, os.O_RDWR)
            # What it says is for whoever looks for a mistake of ours.
            log = os.open(os.path.join(DIRECTORY, 'log'), os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
            for number, fd in enumerate((nothing, log, log)):
                os.dup2(fd, number)
            for fd in kept:
                os.set_inheritable(fd, True)
            environment = {name: value for name, value in os.environ.items() if not name.startswith('SUPERVISOR_')}
            os.execve(command[0], command, environment)
        finally:
            os._exit(127)
    os.waitpid(child, 0)
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def umask():
    now = os.umask(0o22)
    os.umask(now)
    return now


def readable(file):
    poll = select.poll()
    poll.register(file, select.POLLIN)
    return bool(poll.poll(0))


def same(path, fd):
    with contextlib.suppress(OSError):
        return os.path.samestat(os.stat(path), os.fstat(fd))
    return False


def digest(value):
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def read(file):
    with contextlib.suppress(OSError, ValueError), open(file) as kept:
        return json.load(kept)
    return None


def write(file, value):
    with open(file + '.new', 'w') as new:
        json.dump(value, new)
    os.replace(file + '.new', file)

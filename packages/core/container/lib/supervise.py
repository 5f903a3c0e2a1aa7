"""PID 1: supervisord, with what it lacks for that place.

- Its own lines go where those of all programs go.
- Its first programs start at once, and a signal wakes it at once. Its loop polls for a second, and Python goes
  on polling after a signal: a start, a stop and the restart of a killed program would wait for that.
- A program that is stopped before it has become itself ends. In the process that is to become it, what
  supervisord takes as a signal of its own would be lost, and its group is not there yet.
- It ends after the loggers: the last lines of a program are read when the program is gone.
- Every program writes through a logger, and is stopped with all that it has started.
"""

import os
import pkgutil
import signal
import sys
import time
import types

# To PID 1, a signal that it does not take never happened; supervisord takes it from when it has read its configuration.
signal.signal(signal.SIGTERM, lambda *_: os._exit(128 + signal.SIGTERM))

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from devenv_container.logs import Lines

# What a supervisord before 4.3 imports for one function that Python has by now takes half of its start.
sys.modules['pkg_resources'] = types.ModuleType('pkg_resources')
from supervisor import loggers, supervisord
from supervisor.medusa import asyncore_25 as asyncore
from supervisor.options import ServerOptions

del sys.modules['pkg_resources']

LAST_LINES = 1.0  # seconds that the loggers have
LOGGED = '/opt/devenv/bin/program'

TAKEN = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR2)

EXPECTED = (
    'reaped unknown pid',  # loggers, and orphans of what was run by exec
    "Server 'unix_http_server' running without any HTTP authentication",  # its socket is 0700
    'Set uid to user',
    'No file matches via include',  # while the programs are held
)


class Options(ServerOptions):
    import_spec = staticmethod(pkgutil.resolve_name)

    def setsignals(self):
        super().setsignals()
        wake.open()
        wake.poke()

    def fork(self):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, TAKEN)
        pid = os.fork()
        if pid == 0:
            for each in TAKEN:
                signal.signal(each, signal.SIG_DFL)
        else:
            try:
                os.setpgid(pid, pid)  # as the child does: whoever comes first
            except OSError:
                pass  # it was the child, which has become the program
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return pid

    def waitpid(self):
        pid, status = super().waitpid()
        if pid:
            wake.poke()  # the loop starts programs before it reaps them
        return pid, status

    def processes_from_section(self, *section, **options):
        programs = super().processes_from_section(*section, **options)
        for program in programs:
            program.command = '%s %s' % (LOGGED, program.command)
            program.stopasgroup = program.killasgroup = True
        return programs

    def make_logger(self):
        self.logger = loggers.getLogger(self.loglevel)
        self.logger.addHandler(Handler(self.loglevel))
        for message in self.parse_criticals:
            self.logger.critical(message)
        for message in self.parse_warnings:
            self.logger.warn(message)
        for message in self.parse_infos:
            self.logger.info(message)


class Handler(loggers.Handler):
    def __init__(self, level):
        super().__init__()
        self.setLevel(level)
        self._lines = Lines('supervisord')

    def emit(self, record):
        record = record.asdict()
        if not record['message'].startswith(EXPECTED):
            words = '%(levelname)s %(message)s' % record
            self._lines.write('out', [line.encode() + b'\n' for line in words.splitlines()])

    def reopen(self):
        pass

    remove = close = reopen


class Wake:
    """A pipe among supervisord's sockets that has a byte for every signal; each is one round of its loop."""

    def __init__(self):
        self._reader = self._writer = None

    def open(self):
        asyncore.socket_map.pop(self._reader, None)  # of before a restart, which closed it
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        asyncore.socket_map[self._reader] = self

    def poke(self):
        try:
            os.write(self._writer, b'.')
        except BlockingIOError:
            pass  # it is awake

    def readable(self):
        return True

    def writable(self):
        return False

    def handle_read_event(self):
        os.read(self._reader, 1)

    def handle_error(self):
        pass


def wait_for_loggers():
    end = time.monotonic() + LAST_LINES
    while time.monotonic() < end:
        try:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.005)
        except ChildProcessError:
            return


wake = Wake()
supervisord.ServerOptions = Options
supervisord.main(['-c', sys.argv[1]])
wait_for_loggers()

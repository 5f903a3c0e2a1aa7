"""What the tests of ../container share. Run them all, on any Linux with Python 3.9 or later:

    python3 -m unittest discover -s packages/core/container-test
"""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest

PATIENCE = 60  # seconds; how long anything here may take on a busy machine
CONTAINER = pathlib.Path(__file__).resolve().parent.parent / 'container'
sys.path.insert(0, str(CONTAINER / 'lib'))


class InFolder(unittest.TestCase):
    """Each test has an empty folder, which is not hidden, and a console of two files."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='container-test-')
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        for name in ('logs', 'console', 'code'):
            (self.folder / name).mkdir()
        for name in ('1', '2'):
            (self.folder / 'console' / name).touch()
        self.environment = {
            **os.environ,
            'DEVENV_LOG_DIR': str(self.folder / 'logs'),
            'DEVENV_CONSOLE': str(self.folder / 'console'),
            'DEVENV_POLLING': str(self.folder / 'polling'),
            'DEVENV_TURNS': str(self.folder / 'turns'),
            'PYTHONDONTWRITEBYTECODE': '',  # empty is as good as not set
            'DEVENV_WAITING': str(self.folder / 'waiting'),
        }

    def start(self, tool, *arguments, **options):
        process = subprocess.Popen(
            [sys.executable, str(CONTAINER / 'bin' / tool), *arguments], cwd=self.folder / 'code',
            env=self.environment, **{'stdin': subprocess.DEVNULL, **options})
        self.addCleanup(end, process)
        return process

    def reserve_port(self):
        """One that is given to nobody else until the test ends: it is bound, and whoever listens at it by name may."""
        reserving = socket.socket()
        self.addCleanup(reserving.close)
        reserving.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserving.bind(('127.0.0.1', 0))
        return reserving.getsockname()[1]

    def console(self, number):
        return (self.folder / 'console' / number).read_text()

    def log(self, name):
        """All that was kept, oldest first."""
        files = sorted((self.folder / 'logs').glob(name + '.log*'),
                       key=lambda file: -int(file.suffix[1:]) if file.suffix != '.log' else 0)
        return ''.join(file.read_text() for file in files)


def end(process):
    if process.poll() is None:
        process.kill()
    process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()


def eventually(check, seconds=PATIENCE):
    """The first true answer of check."""
    until = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > until:
            raise AssertionError('not in %s s: %s' % (seconds, check))
        time.sleep(0.02)

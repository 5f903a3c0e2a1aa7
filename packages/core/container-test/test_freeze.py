import os
import signal
import subprocess
import sys
import time
import unittest

from helpers import PATIENCE, InFolder

# Each writes on and on; the child leaves its parent's group.
WRITER = '''
import subprocess, sys, time
if sys.argv[1:] == ['parent']:
    subprocess.Popen([sys.executable, __file__, 'child'], start_new_session=True)
while True:
    open(sys.argv[1], 'a').write('x')
    time.sleep(0.01)
'''


class Freeze(InFolder):
    """Programs and their children stand still until whoever has asked for that says so, or is gone."""

    def setUp(self):
        super().setUp()
        (self.folder / 'code' / 'writer.py').write_text(WRITER)
        supervisor = 'import subprocess, sys; subprocess.run([sys.executable, "writer.py", "parent"])'
        self.supervisor = subprocess.Popen(
            [sys.executable, '-c', supervisor], cwd=self.folder / 'code', start_new_session=True)
        self.addCleanup(self.end)
        self.environment['DEVENV_SUPERVISOR'] = str(self.supervisor.pid)
        self.until(lambda: self.sizes() != self.sizes_later())

    def end(self):
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)
        self.supervisor.kill()
        self.supervisor.wait()

    def pids(self):
        found = subprocess.run(['pgrep', '-f', 'writer.py (parent|child)'], text=True, capture_output=True)
        return [int(pid) for pid in found.stdout.split() if os.path.realpath('/proc/%s/cwd' % pid) == str(self.folder / 'code')]

    def sizes(self):
        paths = [self.folder / 'code' / name for name in ('parent', 'child')]
        return [path.stat().st_size if path.exists() else 0 for path in paths]

    def sizes_later(self):
        time.sleep(0.2)
        return self.sizes()

    def until(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end)

    def writes(self):
        before = self.sizes()
        return [after > size for size, after in zip(before, self.sizes_later())]

    def freeze(self):
        freezing = self.start('freeze', stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(freezing.stdout.close)
        self.assertEqual(freezing.stdout.readline(), b'frozen\n')
        return freezing

    def test_all_stand_still_until_its_input_ends(self):
        self.until(lambda: self.writes() == [True, True])
        freezing = self.freeze()
        self.assertEqual(self.writes(), [False, False])
        freezing.stdin.close()
        self.assertEqual(freezing.wait(PATIENCE), 0)
        self.until(lambda: self.writes() == [True, True])

    def test_no_signal_of_a_terminal_leaves_them_so(self):
        freezing = self.freeze()
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            freezing.send_signal(number)
        self.assertEqual(self.writes(), [False, False])
        freezing.stdin.close()
        self.until(lambda: self.writes() == [True, True])


if __name__ == '__main__':
    unittest.main()

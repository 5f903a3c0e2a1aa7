import os
import signal
import subprocess
import unittest

from helpers import PATIENCE, InFolder, eventually


class Step(InFolder):
    def setUp(self):
        super().setUp()
        self.environment['DEVENV_STEPS'] = str(self.folder / 'steps')

    def step(self, *words, **options):
        return self.start('step', *words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def outcome(self, *words):
        output, errors = self.step(*words).communicate(timeout=PATIENCE)
        return output, errors

    def state(self, step='one'):
        return self.outcome('--state', step)[0].strip()

    def waiting(self, then='echo done; exit 3'):
        """A command that says that it began, and ends once there is a file `go`."""
        return 'sh', '-c', 'echo begun; while [ ! -e go ]; do sleep .02; done; ' + then

    def go(self):
        (self.folder / 'code' / 'go').touch()

    def test_shows_each_channel_and_gives_the_outcome(self):
        step = self.step('one', 'migrate', '--', 'sh', '-c', 'echo out; echo err >&2; printf rest; exit 7')
        self.assertEqual(step.communicate(timeout=PATIENCE), ('out\nrest\n', 'err\n'))
        self.assertEqual(step.returncode, 7)

    def test_goes_on_when_whoever_began_it_is_killed_and_is_joined(self):
        first = self.step('one', 'migrate', '--', *self.waiting())
        self.assertEqual(first.stdout.readline(), 'begun\n')
        first.kill()
        first.wait()
        self.assertEqual(self.state(), 'at work')
        second = self.step('--join', 'one')
        self.assertEqual(second.stdout.readline(), 'begun\n')
        self.go()
        self.assertEqual(second.communicate(timeout=PATIENCE)[0], 'done\n')
        self.assertEqual(second.returncode, 3)

    def test_a_signal_for_the_group_of_who_began_it_does_not_reach_it(self):
        first = self.step('one', 'migrate', '--', *self.waiting(), start_new_session=True)
        self.assertEqual(first.stdout.readline(), 'begun\n')
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            try:
                os.killpg(first.pid, number)
            except ProcessLookupError:
                break
        first.wait()
        self.go()
        eventually(lambda: self.state() == 'ended')
        last = self.step('one', 'migrate', '--', 'false')
        self.assertEqual(last.communicate(timeout=PATIENCE)[0], 'begun\ndone\n')
        self.assertEqual(last.returncode, 3)

    def test_says_of_a_step_that_was_killed_that_it_is_lost(self):
        self.assertEqual(self.state(), 'unknown')
        step = self.step('one', 'migrate', '--', 'sh', '-c', 'echo $PPID; exec sleep 1000')
        keeper = int(step.stdout.readline())
        os.kill(keeper, signal.SIGKILL)
        self.assertEqual(step.wait(PATIENCE), 137)
        self.assertEqual(self.state(), 'lost')

    def test_joins_nothing_that_was_never_begun(self):
        self.assertEqual(self.step('--join', 'one').wait(PATIENCE), 137)
        self.assertEqual(self.state(), 'unknown')

    def test_keeps_each_line_in_the_log_of_provisioning(self):
        self.outcome('one', 'migrate', '--', 'sh', '-c', 'echo a; echo b >&2')
        lines = self.log('provision').splitlines()
        self.assertEqual(sorted(line.split(' ', 1)[1] for line in lines), ['err migrate: b', 'out migrate: a'])

    def test_ends_though_the_command_left_something_running(self):
        step = self.step('one', 'migrate', '--', 'sh', '-c', 'sleep 1000 & echo $!')
        child = int(step.stdout.readline())
        self.addCleanup(os.kill, child, signal.SIGKILL)
        self.assertEqual(step.wait(PATIENCE), 0)

    def test_says_what_cannot_be_run(self):
        step = self.step('one', 'migrate', '--', 'no-such-program')
        self.assertIn('no-such-program: No such file', step.communicate(timeout=PATIENCE)[1])
        self.assertEqual(step.returncode, 127)

    def test_a_follower_that_nobody_reads_ends_and_the_step_does_not(self):
        first = self.step('one', 'migrate', '--', 'sh', '-c',
                          'echo begun; while [ ! -e go ]; do echo more; sleep .02; done')
        self.assertEqual(first.stdout.readline(), 'begun\n')
        first.stdout.close()
        self.assertEqual(first.wait(PATIENCE), 0)
        self.assertEqual(self.state(), 'at work')
        self.go()
        eventually(lambda: self.state() == 'ended')


if __name__ == '__main__':
    unittest.main()

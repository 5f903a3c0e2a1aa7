import re
import signal
import sys
import unittest

from helpers import InFolder, eventually

BURST = '''
import sys, threading
def write(stream):
    for number in range(10000):
        stream.write('%05d %s\\n' % (number, 'x' * (number % 180)))
    stream.flush()
threads = [threading.Thread(target=write, args=[stream]) for stream in (sys.stdout, sys.stderr)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
'''


def python(code):
    return [sys.executable, '-c', code]


class Program(InFolder):
    def program(self, *command, name='web'):
        """As supervisord starts it."""
        self.environment['SUPERVISOR_PROCESS_NAME'] = name
        return self.start('program', *command)

    def test_a_line_is_kept_with_its_time_and_shown_with_its_program(self):
        self.program(*python(
            'import os; os.write(1, b"to out\\n"); os.write(2, b"to err, no newline")')).wait()
        eventually(lambda: 'no newline' in self.console('2') and self.console('1'))
        self.assertEqual(self.console('1'), 'web | to out\n')
        self.assertEqual(self.console('2'), 'web | to err, no newline\n')
        time = r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z'
        self.assertRegex(self.log('web'), '(?m)^%s out to out$' % time)
        self.assertRegex(self.log('web'), '(?m)^%s err to err, no newline$' % time)

    def test_requests_of_its_health_check_that_succeed_leave_no_line(self):
        lines = [
            '127.0.0.1 - - [26/Nov/2026:20:00:00 +0000] "GET /health/ HTTP/1.1" 200 17 "-" "devenv"',  # gunicorn
            '[26/Nov/2026 20:00:00] "GET /health/ HTTP/1.1" 302 17',  # Django
            '[26/Nov/2026 20:00:00] "GET /health/ HTTP/1.1" 503 17',
            '[26/Nov/2026 20:00:00] "GET /health/more HTTP/1.1" 200 17',
            '[26/Nov/2026 20:00:00] "GET /other/ HTTP/1.1" 200 17',
            '[26/Nov/2026 20:00:00] "POST /health/ HTTP/1.1" 200 17',
        ]
        self.environment['DEVENV_ASKED'] = 'web=http://localhost:8000/health/ shop=http://localhost:9000/other/'
        self.program(*python('print(%r)' % '\n'.join(lines))).wait()
        shown = eventually(lambda: self.console('1'))
        self.assertEqual(shown, ''.join('web | %s\n' % line for line in lines[2:]))
        self.assertEqual(len(self.log('web').splitlines()), 4)

    def test_a_line_is_not_lost_that_such_a_request_was_written_into(self):
        self.environment['DEVENV_ASKED'] = 'web=http://localhost:8000/health/'
        request = '127.0.0.1 "GET /health/ HTTP/1.1" 200 17\n'
        self.program(*python(
            'import os, time\nfor part in ["a line", %r, "\\n", "last\\n"]: os.write(1, part.encode()); time.sleep(0.2)' % request)).wait()
        shown = eventually(lambda: 'last' in self.console('1') and self.console('1'))
        self.assertEqual(shown, 'web | a line%sweb | last\n' % request)

    def test_a_breakpoint_that_finds_no_terminal_is_told_where_it_finds_one(self):
        self.program(*python('import bdb; raise bdb.BdbQuit')).wait()
        self.assertTrue(eventually(lambda: self.console('2').endswith(
            'web | bdb.BdbQuit\nweb | devenv: breakpoint() needs a terminal: make devenv.debug ARGS=web\n')))

    def test_no_line_of_several_bursts_is_lost_or_torn_over_rotated_files(self):
        self.environment.update(DEVENV_LOG_BYTES='200000', DEVENV_LOG_FILES='100')
        programs = ['one', 'two', 'three']
        for process in [self.program(*python(BURST), name=name) for name in programs]:
            process.wait()
        numbers = ['%05d' % number for number in range(10000)]
        for stream, number in (('out', '1'), ('err', '2')):
            for name in programs:
                shown = re.compile(r'^%s \| (\d{5}) x*$' % name, re.MULTILINE)
                eventually(lambda: len(shown.findall(self.console(number))) == 10000)
                self.assertEqual(shown.findall(self.console(number)), numbers)
                kept = re.findall(r'(?m)^\S+ %s (\d{5}) x*$' % stream, self.log(name))
                self.assertEqual(kept, numbers)
        self.assertGreater(len(list((self.folder / 'logs').glob('one.log.*'))), 5)

    def test_two_that_write_one_file_rotate_it_without_loss(self):
        self.environment.update(DEVENV_LOG_BYTES='100000', DEVENV_LOG_FILES='100')
        for process in [self.program(*python(BURST)) for _ in range(2)]:
            process.wait()
        eventually(lambda: self.console('1').count('\n') == self.console('2').count('\n') == 20000)
        self.assertEqual(self.log('web').count('\n'), 40000)

    def test_the_outcome_is_the_program_s_own(self):
        self.assertEqual(self.program(*python('raise SystemExit(7)')).wait(), 7)
        killed = self.program(*python('import os; os.kill(os.getpid(), 15)'))
        self.assertEqual(killed.wait(), -signal.SIGTERM)
        self.assertEqual(self.program('no-such-program').wait(), 127)
        eventually(lambda: 'no-such-program: No such file' in self.console('2'))

    def test_a_broken_pipe_ends_the_program_as_in_a_shell(self):
        # Python, which starts it, ignores SIGPIPE; the program must not.
        broken = self.program('sh', '-c', 'kill -PIPE $$; echo survived')
        self.assertEqual(broken.wait(), -signal.SIGPIPE)

    def test_a_folder_that_takes_no_log_is_said_once_and_stops_nothing(self):
        self.environment['DEVENV_LOG_DIR'] = str(self.folder / 'nowhere')
        program = self.program('sh', '-c',
                             'for word in a b c; do echo $word; while [ ! -e $word ]; do sleep .02; done; done')
        for word in 'abc':
            eventually(lambda: 'web | %s\n' % word in self.console('1'))
            (self.folder / 'code' / word).touch()
        self.assertEqual(program.wait(), 0)
        self.assertEqual(self.console('1').count('devenv: '), 1)

    def test_what_a_full_disk_missed_is_told_when_it_takes_lines_again(self):
        self.environment['DEVENV_LOG_DIR'] = str(self.folder / 'later')
        program = self.program('sh', '-c',
                             'echo one; echo two; while [ ! -e go ]; do sleep .02; done; echo three')
        eventually(lambda: 'two' in self.console('1'))
        (self.folder / 'later').mkdir()
        (self.folder / 'code' / 'go').touch()
        program.wait()
        log = self.folder / 'later' / 'web.log'
        eventually(lambda: log.exists() and 'three' in log.read_text())
        self.assertRegex(log.read_text(), r'err devenv: 2 lines are missing here\n.* out three\n$')


if __name__ == '__main__':
    unittest.main()

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import unittest
import urllib.error
import urllib.request

from helpers import CONTAINER, PATIENCE, InFolder, end, eventually

# Serves the words in words.py on the socket that it was handed.
SERVER = '''
import os, socket, signal, sys, time
print('pid', os.getpid(), flush=True)
assert os.environ['LISTEN_FDS'] == '1' and os.environ['LISTEN_PID'] == str(os.getpid())
import words
listening = socket.socket(fileno=3)
listening.setblocking(True)
while True:
    asking, _ = listening.accept()
    asking.recv(65536)
    text = words.WORDS.encode()
    asking.sendall(b'HTTP/1.0 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s' % (len(text), text))
    asking.close()
'''

# The same in a child, which has its parent's handlers while it boots: what it is told then is lost.
POOL = SERVER.replace('import words\n', '''
signal.signal(signal.SIGTERM, lambda *_: print('told', flush=True))
if not os.fork():
    import words
    while not os.path.exists('told'): time.sleep(.02)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
else:
    with open('child', 'w'): pass
    os.wait()
    sys.exit()
''')


class Reload(InFolder):
    def reload(self, *arguments):
        self.output = self.folder / 'output'
        with open(self.output, 'w') as output:
            return self.start('reload', *arguments, stdout=output, stderr=subprocess.STDOUT)

    def save(self, path, text=''):
        file = self.folder / 'code' / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def save_of_the_same_second(self, path, text):
        """In one step, with the date that the file had."""
        new, file = self.folder / 'code' / 'new', self.folder / 'code' / path
        new.write_text(text)
        os.utime(new, ns=(0, file.stat().st_mtime_ns))
        new.replace(file)

    def said(self, words, times=1):
        return eventually(lambda: self.output.read_text().count(words) >= times)

    def pids(self):
        """Of each server that was started, in their order."""
        return [int(line.split()[1]) for line in self.output.read_text().splitlines() if line.startswith('pid ')]

    def old_has_ended(self):
        """Nobody but the new server takes the next connection: an old one that is told to end may take one, and end."""
        old = eventually(lambda: self.pids()[:-1] if len(self.pids()) > 1 else None)[-1]
        eventually(lambda: not alive(old))

    def serve_words(self):
        """The port at which the server answers with its first words."""
        port = self.reserve_port()
        self.save('words.py', 'WORDS = "first"')
        self.save('server.py', SERVER)
        self.reload('--listen', '127.0.0.1:%d' % port, '--', sys.executable, '-B', 'server.py')
        eventually(lambda: answer(port) == (200, 'first'))
        return port

    def answer_while_it_boots(self, port, last_line):
        """What somebody is answered who asks before the saved words are read to their last line."""
        self.save('words.py', 'import os, time\nwhile not os.path.exists("go"): time.sleep(.02)\n' + last_line)
        self.old_has_ended()
        answers = []
        asking = threading.Thread(target=lambda: answers.append(answer(port)))
        asking.start()
        self.save('go')
        asking.join()
        return answers[0]

    def counting(self, *options):
        """A program that says at each start that it started."""
        return self.reload(*options, '--', sys.executable, '-uc',
                           'import time; print("started"); time.sleep(600)')

    def test_a_save_starts_the_program_anew(self):
        self.save('app.py')
        self.counting()
        self.said('started')
        self.save('app.py', 'changed')
        self.said('started', 2)
        self.assertIn('reload: app.py changed', self.output.read_text())

    def test_a_checkout_mounted_beside_the_code_is_watched_too(self):
        self.environment['DEVENV_OWNER_OF'] = str(self.folder / 'library')
        (self.folder / 'library').mkdir()
        self.counting()
        self.said('started')
        (self.folder / 'library' / 'one.py').write_text('changed')
        self.said('started', 2)

    def test_new_folders_are_watched_too(self):
        self.counting()
        self.said('started')
        self.save('new/deep/one.py')
        self.said('started', 2)
        self.save('new/deep/one.py', 'changed')
        self.said('started', 3)

    def test_a_folder_that_is_moved_away_is_a_change_and_what_is_saved_there_later_is_none(self):
        self.save('package/deep/one.py')
        self.save('other/two.py')
        self.counting()
        self.said('started')
        (self.folder / 'code' / 'package').rename(self.folder / 'elsewhere')
        self.said('package changed')
        self.said('started', 2)
        (self.folder / 'code' / 'other').rename(self.folder / 'code' / '.other')
        self.said('other changed')
        self.said('started', 3)
        (self.folder / 'elsewhere' / 'deep' / 'one.py').write_text('changed')
        self.save('.other/two.py', 'changed')
        self.save('last.py')
        self.said('last.py changed')
        for name in ('one.py', 'two.py'):
            self.assertNotIn(name, self.output.read_text())

    def test_other_files_hidden_ones_and_node_modules_start_nothing(self):
        self.save('.git/hook.py')
        self.save('node_modules/a/b.py')
        self.counting()
        self.said('started')
        for path in ('notes.txt', '.git/hook.py', 'node_modules/a/b.py', '.#app.py', '.new/a.py'):
            self.save(path, 'changed')
        self.save('last.py')  # events arrive in order
        self.said('last.py changed')
        self.assertNotIn('more changed', self.output.read_text())

    def test_polling_notices_the_same(self):
        (self.folder / 'polling').write_text('a save makes no event here\n')
        self.save('app.py')
        self.counting()
        self.said('looking at the files once a second: a save makes no event here\n')
        self.said('started')
        self.save('app.py', 'changed')
        self.said('started', 2)
        self.save('new/one.py')
        self.said('started', 3)

    def test_a_program_that_fails_after_a_save_waits_for_the_next(self):
        self.save('app.py', 'import time; print("started", flush=True); time.sleep(600)')
        self.reload('--', sys.executable, 'app.py')
        self.said('started')
        self.save('app.py', 'syntax error')
        self.said('the program ended with 1; it starts again when you save a file')
        self.save('app.py', 'import time; print("mended", flush=True); time.sleep(600)')
        self.said('mended')

    def test_after_a_save_what_ends_for_another_reason_than_its_code_is_started_again(self):
        self.environment.update(SUPERVISOR_PROCESS_NAME='web', DEVENV_WAITING=str(self.folder / 'waiting'))
        self.save('app.sh', 'echo started; sleep 600')
        self.reload('--suffix', '.sh', '--', 'sh', 'app.sh')
        self.said('started')
        self.save('app.sh', 'test -e there || exit 101; echo found; sleep 600')
        self.said('the program ended with 101; it starts again in 0.5 s, or when you save a file')
        self.save('there')
        self.said('found')

    def test_a_program_that_crashes_by_itself_is_started_again(self):
        self.reload('--', 'sh', '-c', 'echo started; kill -9 $$')
        self.said('was ended by SIGKILL; it starts again in 0.5 s')
        self.said('started', 2)

    def test_after_a_save_a_crash_is_the_first_again(self):
        self.environment.update(SUPERVISOR_PROCESS_NAME='web', DEVENV_WAITING=str(self.folder / 'waiting'))
        self.save('app.py', 'import os; os.kill(os.getpid(), 9)')
        self.reload('--', sys.executable, 'app.py')
        self.said('was ended by SIGKILL; it starts again in 1 s')
        self.save('app.py', 'import os, time; print("pid", os.getpid(), flush=True); time.sleep(600)')
        os.kill(eventually(self.pids)[0], signal.SIGKILL)
        self.said('it starts again in 0.5 s', 2)

    def test_a_signal_ends_the_program_and_what_it_started(self):
        reload = self.reload('--', 'sh', '-c', 'trap "echo told; exit" TERM; sleep 1000 & echo $! started; wait')
        self.said('started')
        child = int(self.output.read_text().split()[0])
        reload.send_signal(signal.SIGTERM)
        self.assertEqual(reload.wait(PATIENCE), -signal.SIGTERM)
        self.said('told')
        eventually(lambda: not alive(child))

    def test_what_has_left_the_group_ends_with_its_program_and_nothing_of_the_next_does(self):
        # A child of its own session whose parent has ended, and one of that.
        self.save('app.py', 'import os, subprocess, time\n'
                            'subprocess.run(["sh", "-c", "(setsid sh -c \'echo orphan $$; sleep 1000 & echo orphan $!; wait\' &)"])\n'
                            'print("pid", os.getpid(), flush=True)\ntime.sleep(1000)')
        orphans = lambda: [int(line.split()[1]) for line in self.output.read_text().splitlines() if line.startswith('orphan ')]
        reload = self.reload('--', sys.executable, 'app.py')
        both_are_there = lambda times: self.said('pid', times) and eventually(lambda: len(orphans()) == 2 * times)
        both_are_there(1)
        self.save('other.py')
        both_are_there(2)
        eventually(lambda: not any(map(alive, orphans()[:2])))
        os.kill(orphans()[3], signal.SIGKILL)  # an orphan that ends by itself takes nothing with it but what is its own
        eventually(lambda: not alive(orphans()[2]))
        self.assertTrue(alive(self.pids()[1]))
        self.save('other.py', 'again')
        both_are_there(3)
        reload.send_signal(signal.SIGTERM)
        self.assertEqual(reload.wait(PATIENCE), -signal.SIGTERM)
        self.assertFalse(any(map(alive, orphans())))

    def test_a_program_that_does_not_end_is_killed(self):
        reload = self.reload('--grace', '0.2', '--', 'sh', '-c',
                             'trap "" TERM; echo started; while :; do sleep 0.1; done')
        self.said('started')
        reload.send_signal(signal.SIGTERM)
        self.assertEqual(reload.wait(PATIENCE), -signal.SIGTERM)

    def test_killed_it_takes_the_program_with_it(self):
        reload = self.reload('--', 'sh', '-c', 'echo $$ started; exec sleep 1000')
        self.said('started')
        program = int(self.output.read_text().split()[0])
        reload.kill()
        eventually(lambda: not alive(program))

    def test_two_saves_of_one_size_within_a_second_serve_the_second(self):
        for polling in (False, True):
            with self.subTest(polling=polling):
                if polling:
                    (self.folder / 'polling').touch()
                # Of another size than the last one: nobody watches between the two rounds.
                self.save('words.py', 'WORDS = "first"')
                self.save('server.py', SERVER)
                port = self.reserve_port()
                reload = self.reload('--listen', '127.0.0.1:%d' % port, '--', sys.executable, 'server.py')
                eventually(lambda: answer(port) == (200, 'first'))
                for words in ('bbb', 'ccc', 'ddd'):
                    self.save_of_the_same_second('words.py', 'WORDS = "%s"' % words)
                    eventually(lambda: answer(port) == (200, words))
                end(reload)

    def test_bytecode_of_what_did_not_change_is_kept_and_that_of_a_removed_module_goes(self):
        for name in ('kept', 'gone', 'gone_too'):
            self.save('%s.py' % name, 'WORDS = "first"')
        self.save('app.py', 'import kept, gone, gone_too, time; print("started", flush=True); time.sleep(600)')
        self.reload('--', sys.executable, 'app.py')
        self.said('started')
        (self.folder / 'code' / 'gone.py').unlink()
        self.said('the program ended with 1')
        there = sorted(file.name.split('.')[0] for file in (self.folder / 'code' / '__pycache__').iterdir())
        self.assertEqual(there, ['gone_too', 'kept'])

    def test_requests_wait_for_the_new_code_and_are_told_when_there_is_none(self):
        self.environment.update(SUPERVISOR_PROCESS_NAME='web', DEVENV_WAITING=str(self.folder))
        port = self.serve_words()
        self.assertEqual(self.answer_while_it_boots(port, 'WORDS = "second"'), (200, 'second'))
        self.save('words.py', 'syntax error')
        self.said('the program ended')
        status, text = answer(port)
        self.assertEqual(status, 503)
        self.assertIn('this page with it', text)
        self.assertTrue(text.endswith('Its log shows more:\n\n    make devenv.logs ARGS=web\n'), text)
        # A page comes back by itself; a form that was sent would come back empty.
        self.assertEqual([self.refresh(port, method) for method in ('GET', 'POST')], ['2', None])
        self.save('words.py', 'WORDS = "third"')
        self.assertEqual(answer(port), (200, 'third'))

    def test_who_connects_and_says_nothing_is_in_nobodys_way(self):
        self.environment['DEVENV_HEARD_SECONDS'] = str(PATIENCE * 10)
        port = self.serve_words()
        self.save('words.py', 'syntax error')
        self.said('the program ended')
        silent = [socket.create_connection(('127.0.0.1', port)) for _ in range(3)]
        for connection in silent:
            self.addCleanup(connection.close)
        silent[0].sendall(b'G')
        self.assertEqual([answer(port)[0] for _ in range(2)], [503, 503])
        self.save('words.py', 'WORDS = "mended"')
        self.said('words.py changed: starting again', 2)
        self.assertEqual(answer(port), (200, 'mended'))

    def test_who_asks_between_two_starts_that_are_long_apart_is_told_at_once(self):
        port = self.reserve_port()
        self.save('server.py', 'raise SystemExit(3)')
        self.reload('--listen', '127.0.0.1:%d' % port, '--', sys.executable, '-B', 'server.py')
        self.said('it starts again in 8 s')
        ends = self.output.read_text().count('the program ended')
        self.assertEqual(answer(port)[0], 503)
        self.assertEqual(self.output.read_text().count('the program ended'), ends)

    def refresh(self, port, method):
        with contextlib.closing(http.client.HTTPConnection('127.0.0.1', port)) as connection:
            connection.request(method, '/')
            return connection.getresponse().getheader('Refresh')

    def test_a_child_that_swallows_the_signal_of_its_pool_does_not_go_on_with_old_code(self):
        port = self.reserve_port()
        self.save('words.py', 'WORDS = "first"')
        self.save('server.py', POOL)
        self.reload('--grace', '600', '--listen', '127.0.0.1:%d' % port, '--', sys.executable, '-B', 'server.py')
        eventually(lambda: (self.folder / 'code/child').exists())
        self.save('server.py', SERVER)
        self.save('words.py', 'WORDS = "second"')
        self.said('told')
        self.save('told')
        self.old_has_ended()
        self.assertEqual([answer(port) for _ in range(9)], [(200, 'second')] * 9)

    def test_who_waits_for_a_program_that_boots_long_and_fails_is_told(self):
        self.environment['DEVENV_SOON_SECONDS'] = '0'
        port = self.serve_words()
        self.assertEqual(self.answer_while_it_boots(port, 'raise SystemExit(7)')[0], 503)
        self.said('the program ended with 7; it starts again when you save a file')


class WaitEvent(InFolder):
    def wait_event(self, *arguments):
        waiting = self.start('wait-event', *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return waiting, waiting.stdout.readline()

    def test_ends_with_0_at_a_change_of_what_it_holds_or_of_its_dates(self):
        probe = self.folder / 'code' / 'probe'
        for change in (probe.touch, lambda: probe.write_text('changed'), lambda: probe.chmod(probe.stat().st_mode)):
            # Seconds: a write is seen before its end, which makes the event.
            waiting, said = self.wait_event('probe', '30')
            self.assertEqual(said, 'ready\n')
            change()
            self.assertEqual((waiting.wait(PATIENCE), waiting.stdout.read()), (0, ''))

    def test_tells_where_an_event_comes_although_files_are_looked_at(self):
        (self.folder / 'polling').write_text('none came')
        waiting, _ = self.wait_event('probe', '30')
        (self.folder / 'code' / 'probe').touch()
        self.assertEqual((waiting.wait(PATIENCE), waiting.stdout.read()), (0, 'polling\n'))

    def test_ends_with_3_at_a_change_without_an_event(self):
        (self.folder / 'code' / 'elsewhere').mkdir()
        (self.folder / 'code' / 'probe').symlink_to('elsewhere/probe')  # its folder is not the one that is watched
        waiting, _ = self.wait_event('probe', '0.1')
        (self.folder / 'code' / 'elsewhere' / 'probe').write_text('changed')
        self.assertEqual(waiting.wait(PATIENCE), 3)

    def test_ends_with_1_where_it_could_not_try(self):
        self.environment['DEVENV_PROBE_SECONDS'] = '0.1'
        waiting, _ = self.wait_event('probe', '0')
        self.assertEqual(waiting.wait(PATIENCE), 1)
        self.assertIn('no change of probe came within 0.1 s', waiting.stdout.read())
        waiting, said = self.wait_event('not/there', '0')
        self.assertEqual((waiting.wait(PATIENCE), said), (1, 'not cannot be watched: No such file or directory\n'))


class Runserver(InFolder):
    def test_wsgiref_adopts_the_socket_of_reload_and_binds_its_own_without(self):
        (self.folder / 'code' / 'manage.py').write_text(
            'import sys\nfrom wsgiref.simple_server import demo_app, make_server\n'
            'make_server("127.0.0.1", int(sys.argv[1]), demo_app).serve_forever()\n')
        for before in ([], [sys.executable, str(CONTAINER / 'bin/reload'), '--listen', '127.0.0.1:%d', '--']):
            port = self.reserve_port()
            command = [word % port if '%d' in word else word for word in before]
            server = subprocess.Popen(
                [*command, sys.executable, str(CONTAINER / 'lib/runserver.py'), 'manage.py', str(port)],
                cwd=self.folder / 'code', env=self.environment,
                stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                status, text = eventually(lambda: answer(port))
                self.assertEqual((status, text.splitlines()[0]), (200, 'Hello world!'))
                self.assertNotIn('LISTEN_FDS', text)
            finally:
                server.terminate()
                server.wait()

    def test_after_a_save_what_the_first_request_would_import_is_imported_before_it(self):
        code = self.folder / 'code'
        (code / 'django').mkdir()
        (code / 'django' / '__init__.py').touch()
        (code / 'django' / 'urls.py').write_text(
            'class Resolver:\n    @property\n    def url_patterns(self):\n        import pages\n\n\nget_resolver = Resolver\n')
        (code / 'pages.py').write_text('WORDS = "first"\n')
        (code / 'manage.py').write_text(
            'import sys\nfrom wsgiref.simple_server import make_server\n\n\n'
            'def app(environ, start_response):\n    import pages\n    start_response("200 OK", [])\n'
            '    return [pages.WORDS.encode()]\n\n\n'
            'try:\n    make_server("127.0.0.1", int(sys.argv[1]), app).serve_forever()\n'
            'except OSError as error:\n    sys.exit("of the socket: %s" % error)\n')
        port = self.reserve_port()
        with (self.folder / 'console' / '2').open('wb') as errors:
            self.start(
                'reload', '--listen', '127.0.0.1:%d' % port, '--',
                sys.executable, '-B', str(CONTAINER / 'lib/runserver.py'), 'manage.py', str(port), stderr=errors)
        self.assertEqual(eventually(lambda: answer(port)), (200, 'first'))
        (code / 'pages.py').write_text('WORDS = (\n')
        self.assertEqual(self.next_status(port), 503)
        (code / 'pages.py').write_text('WORDS = "between"\n')
        eventually(lambda: answer(port) == (200, 'between') or None)
        (code / 'pages.py').write_text('WORDS = open("nowhere").read()\n')
        self.assertEqual(self.next_status(port), 503)
        self.assertIn('pages.py", line 1', self.console('2'))
        self.assertNotIn('of the socket', self.console('2'))
        (code / 'pages.py').write_text('WORDS = "mended"\n')
        eventually(lambda: answer(port) == (200, 'mended') or None)

    def next_status(self, port):
        """The first that is not 200."""
        status = 200
        while status == 200:
            status = answer(port)[0]
        return status


def answer(port):
    """(status, text), or None where nobody listens."""
    try:
        with urllib.request.urlopen('http://127.0.0.1:%d/' % port, timeout=PATIENCE) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return None


def alive(pid):
    try:
        with open('/proc/%d/stat' % pid) as stat:
            return stat.read().rpartition(')')[2].split()[0] != 'Z'
    except (FileNotFoundError, ProcessLookupError):
        return False


if __name__ == '__main__':
    unittest.main()

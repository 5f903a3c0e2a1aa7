import json
import os
import pathlib
import signal
import sys
import unittest

from helpers import CONTAINER, InFolder, eventually
from test_checkpoint import APPS, DJANGO, MANAGE

# Tells of each of its starts what it is, then waits. With a word `end` it ends with that.
WORKER = '''
import atexit, json, os, signal, subprocess, sys, time
import django

if django.SET_UP is None:
    django.setup()
import tasks

signal.signal(signal.SIGTERM, lambda *_: sys.exit('told to end'))
atexit.register(lambda: open('../at-exit', 'a').write('x'))
with open('../starts', 'a') as starts:
    print(json.dumps({
        'set up': django.SET_UP, 'words': tasks.WORDS, 'pid': os.getpid(), 'group': os.getpgid(0), 'parent': os.getppid(), 'nice': os.nice(0),
        'argv': sys.argv, 'path': [os.path.basename(entry) for entry in sys.path[:2]], 'name': __name__, 'own': os.environ.get('CELERY_OWN'),
        'open': sorted(os.path.realpath('/proc/self/fd/' + n).rpartition('/')[2].partition(':[')[0] for n in os.listdir('/proc/self/fd')),
    }), file=starts)
print('begun', flush=True)
apart = subprocess.Popen(['sleep', '7777'], start_new_session=True)
with open('../apart', 'w') as file:
    file.write(str(apart.pid))
while not os.path.exists('../end'):
    time.sleep(0.01)
with open('../end') as end:
    how, code = end.read().split()
if how == 'again':
    os.rename('../end', '../ended')
    os.execv(sys.executable, [sys.executable, *sys.argv])
(os._exit if how == 'hard' else sys.exit)(int(code))
'''


class Lending(InFolder):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.end_workers)
        self.code = self.folder / 'code'
        self.packages = self.folder / 'site-packages'
        (self.packages / 'django').mkdir(parents=True)
        available, programs = self.folder / 'available', self.folder / 'programs'
        for folder in (available, programs):
            folder.mkdir()
            (folder / 'web.conf').touch()
        self.environment.update(PYTHONPATH=str(self.packages), DEVENV_LENDING=str(self.folder / 'lending'), DEVENV_PROGRAM_LINKS=str(programs), DEVENV_AVAILABLE=str(available))
        (self.packages / 'django' / 'apps.py').write_text(APPS)
        (self.packages / 'django' / '__init__.py').write_text(DJANGO.replace('MORE', 'import sys; sys.path.insert(0, "/put-first")'))
        for name, text in {'manage': MANAGE, 'worker': WORKER, **dict.fromkeys(('early', 'models', 'views', 'tasks'), 'WORDS = "first"\n')}.items():
            self.save(name + '.py', text)

    def save(self, name, text):
        (self.code / name).write_text(text)

    def serve(self):
        self.environment['SUPERVISOR_PROCESS_NAME'] = 'web'
        port = str(self.reserve_port())
        self.server = self.start(
            'reload', '--listen', '127.0.0.1:' + port, '--checkpoints', 'yes', '--',
            sys.executable, '-B', str(CONTAINER / 'lib/runserver.py'), 'manage.py', port, stderr=self.said('web'))

    def work(self, **environment):
        self.environment.update(SUPERVISOR_PROCESS_NAME='worker', CELERY_OWN='mine', **environment)
        self.worker = self.start(
            'reload', '--tells', 'yes', '--from', 'web', '--nice', '5', '--', sys.executable, str(CONTAINER / 'lib/telling.py'), 'worker.py', 'one',
            '-v', stdout=self.said('worker'), stderr=self.said('worker'))

    def said(self, name):
        file = (self.folder / ('said-' + name)).open('ab')
        self.addCleanup(file.close)
        return file

    def has_said(self, name, words):
        return words in (self.folder / ('said-' + name)).read_text()

    def end_workers(self):
        """What is killed at the end of a test tells its worker to end, which takes a moment."""
        starts = self.folder / 'starts'
        for line in starts.read_text().splitlines() if starts.exists() else ():
            eventually(lambda: not is_there(json.loads(line)['pid']))

    def started_again(self):
        """The pid of the last one that has begun, and lives."""
        def alive():
            pid = json.loads((self.folder / 'starts').read_text().splitlines()[-1])['pid']
            return is_there(pid) and pid
        return eventually(alive)

    def started(self, times):
        def starts():
            with open(self.folder / 'starts') as file:
                lines = file.read().splitlines()
            return len(lines) == times and lines
        (self.folder / 'starts').touch()
        return [json.loads(line) for line in eventually(starts)][-1]

    def test_a_worker_goes_on_from_where_the_server_was_set_up_as_a_process_of_its_own(self):
        self.work()  # it waits for the server
        self.serve()
        begun = self.started(1)
        self.assertNotIn('set up by %d' % begun['pid'], begun['set up'])
        self.assertEqual(begun['argv'], ['worker.py', 'one', '-v'])
        self.assertEqual((begun['path'], begun['name'], begun['own'], begun['nice']), (['put-first', 'code'], '__main__', 'mine', 5))
        self.assertEqual(begun['parent'], self.server.pid)
        self.assertEqual(os.getpgid(begun['pid']), begun['group'])
        self.assertIn(begun['group'], children_of(self.worker.pid))
        self.assertEqual(begun['open'].count('socket'), 1, 'to who asked for it')
        self.assertTrue(eventually(lambda: self.has_said('worker', 'begun')))

    def test_it_ends_as_its_deputy_is_told_to_and_with_the_reload_of_its_own(self):
        self.serve()
        self.work()
        begun = self.started(1)
        os.kill(begun['group'], signal.SIGTERM)
        self.assertTrue(eventually(lambda: self.has_said('worker', 'the program ended with 1')))
        self.assertTrue(self.has_said('worker', 'told to end\n'))
        self.assertEqual((self.folder / 'at-exit').read_text(), 'x')
        again = self.started(2)
        self.assertNotIn('set up by %d' % again['pid'], again['set up'])
        self.worker.terminate()
        self.worker.wait()
        self.assertTrue(eventually(lambda: not is_there(again['pid'])))

    def test_it_is_killed_with_its_deputy_and_what_it_ends_with_is_told(self):
        self.serve()
        self.work()
        begun = self.started(1)
        os.kill(begun['group'], signal.SIGKILL)
        self.assertTrue(eventually(lambda: not is_there(begun['pid'])))
        self.started(2)
        (self.folder / 'end').write_text('soft 3')
        self.assertTrue(eventually(lambda: self.has_said('worker', 'the program ended with 3')))
        (self.folder / 'end').write_text('hard 4')
        self.assertTrue(eventually(lambda: self.has_said('worker', 'the program ended with 4')))
        (self.folder / 'end').unlink()
        os.kill(self.started_again(), signal.SIGSEGV)
        self.assertTrue(eventually(lambda: self.has_said('worker', 'the program was ended by SIGSEGV')))

    def test_it_is_killed_when_its_reload_is_killed_with_its_deputy(self):
        self.serve()
        self.work()
        begun = self.started(1)
        for pid in (self.worker.pid, begun['group']):
            os.kill(pid, signal.SIGKILL)
        self.assertTrue(eventually(lambda: not is_there(begun['pid'])))

    def test_what_it_has_started_in_a_session_of_its_own_ends_with_it_and_not_with_the_server(self):
        self.serve()
        self.work()
        begun = self.started(1)
        apart = int(eventually(lambda: (self.folder / 'apart').exists() and (self.folder / 'apart').read_text()))
        self.save('views.py', 'WORDS = "second"\n')
        self.assertTrue(eventually(lambda: self.has_said('web', 'views.py changed')))
        self.assertTrue(is_there(apart))
        os.kill(begun['group'], signal.SIGTERM)
        self.started(2)
        self.assertTrue(eventually(lambda: not is_there(apart)))

    def test_it_may_become_another_program_as_celery_does_when_it_is_told_to_start_again(self):
        self.serve()
        self.work()
        begun = self.started(1)
        (self.folder / 'end').write_text('again 0')
        again = self.started(2)
        self.assertEqual(again['pid'], begun['pid'])
        self.assertFalse(self.has_said('worker', 'the program'))
        os.kill(begun['group'], signal.SIGKILL)
        self.assertTrue(eventually(lambda: not is_there(again['pid'])))

    def test_it_outlives_the_server(self):
        self.serve()
        self.work()
        begun = self.started(1)
        self.server.terminate()
        self.server.wait()
        self.assertTrue(is_there(begun['pid']))
        os.kill(begun['group'], signal.SIGTERM)
        # The name is chosen, and nobody lends: it boots whole, later.
        again = self.started(2)
        self.assertIn('set up by %d' % again['pid'], again['set up'])

    def test_a_save_of_what_it_has_read_starts_it_with_the_new_code_and_one_of_another_file_does_not(self):
        self.serve()
        self.work()
        begun = self.started(1)
        self.save('tasks.py', 'WORDS = "second"\n')
        again = self.started(2)
        self.assertEqual(again['words'], 'second')
        self.assertEqual(again['set up'], begun['set up'])
        self.save('models.py', 'WORDS = "second"\n')  # the server has read that, too: it is set up again, for both
        later = self.started(3)
        self.assertTrue(later['set up'].startswith('second'))
        self.assertNotIn('set up by %d' % later['pid'], later['set up'])
        self.save('views.py', 'WORDS = "second"\n')
        self.assertTrue(eventually(lambda: self.has_said('web', 'views.py changed')))
        self.assertTrue(is_there(later['pid']))
        self.started(3)

    def test_it_boots_whole_where_the_server_cannot_be_set_up(self):
        self.save('models.py', 'WORDS = \n')
        self.serve()
        self.work()
        self.assertTrue(eventually(lambda: self.has_said('worker', 'SyntaxError')))
        self.save('models.py', 'WORDS = "mended"\n')
        self.assertTrue(self.started(1)['set up'].startswith('mended'))

    def test_it_boots_whole_where_it_has_other_settings_or_nobody_of_that_name_runs(self):
        self.serve()
        self.work(DJANGO_SETTINGS_MODULE='another')
        begun = self.started(1)
        self.assertIn('set up by %d' % begun['pid'], begun['set up'])
        self.assertTrue(self.has_said('web', 'boots whole: its DJANGO_SETTINGS_MODULE is another'))
        (self.folder / 'programs' / 'web.conf').unlink()
        os.kill(begun['pid'], signal.SIGTERM)
        again = self.started(2)
        self.assertIn('set up by %d' % again['pid'], again['set up'])

    def test_a_program_that_the_environment_has_not_is_told(self):
        (self.folder / 'available' / 'web.conf').unlink()
        self.work()
        self.assertTrue(eventually(lambda: self.has_said('worker', '--from web: there is no such program')))
        self.assertNotEqual(self.worker.wait(), 0)


def children_of(pid):
    return [int(each) for each in pathlib.Path('/proc/%d/task/%d/children' % (pid, pid)).read_text().split()]


def is_there(pid):
    try:
        return pathlib.Path('/proc/%d/stat' % pid).read_text().rpartition(')')[2].split()[0] != 'Z'
    except FileNotFoundError:
        return False


if __name__ == '__main__':
    unittest.main()

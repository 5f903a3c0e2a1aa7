import os
import pathlib
import py_compile
import random
import shutil
import signal
import sys
import time
import unittest
import urllib.error
import urllib.request

from helpers import CONTAINER, InFolder, PATIENCE, eventually

from devenv_container.checkpoints import KEPT

MANAGE = '''
import os, sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIServer, make_server
import django

django.setup()
import views


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def app(environ, start_response):
    start_response('200 OK', [])
    words = [views.WORDS, django.SET_UP, os.environ.get('SAVED_BEFORE', '')]
    if environ['PATH_INFO'] == '/process':
        places = {int(n): os.path.realpath('/proc/self/fd/' + n).rpartition('/')[2] for n in os.listdir('/proc/self/fd')}
        # Above them are the connections, that list, and a pipe to `reload`, which is another one each time.
        places = {n: place if n < 3 else place.partition(':[')[0] for n, place in places.items()}
        files = [place for n, place in sorted(places.items()) if n < 3 or not (place == 'socket' or place.isdigit())]
        words = [os.getpid(), os.getppid(), os.getpgid(0), os.environ.get('LISTEN_PID'), files, 3 in places]
    return [' '.join(map(str, words)).encode()]


make_server('127.0.0.1', int(sys.argv[1]), app, Server).serve_forever()
'''
DJANGO = '''
import os, time
SET_UP = None


def setup():
    global SET_UP
    import early
    from django.apps import AppConfig
    by = 'early by %d' % os.getpid()
    AppConfig.create('models').import_models()
    import models
    SET_UP = '%s %s set up by %d' % (models.WORDS, by, os.getpid())
    MORE
'''
APPS = '''
import importlib


class AppConfig:
    @classmethod
    def create(cls, entry):
        config = cls()
        config.entry = entry
        return config

    def import_models(self):
        importlib.import_module(self.entry)
'''


class Checkpoint(InFolder):
    def setUp(self):
        super().setUp()
        self.code = self.folder / 'code'
        self.packages = self.folder / 'site-packages'
        (self.packages / 'django').mkdir(parents=True)
        self.environment['PYTHONPATH'] = str(self.packages)
        self.write('manage.py', MANAGE)
        self.write('early.py', 'WORDS = "first"\n')
        self.write('models.py', 'WORDS = "first"\n')
        self.write('views.py', 'WORDS = "first"\n')
        (self.packages / 'django' / 'apps.py').write_text(APPS)
        self.set_up()

    def write(self, name, text):
        (self.code / name).write_text(text)

    def set_up(self, more='pass'):
        (self.packages / 'django' / '__init__.py').write_text(DJANGO.replace('MORE', more))

    def bytecode(self, name):
        path = self.code / '__pycache__' / name.replace('.py', '.cpython-0.pyc')
        path.parent.mkdir(exist_ok=True)
        return path

    def serve(self, *options, begins='first first'):
        self.port = self.reserve_port()
        with (self.folder / 'console' / '2').open('ab') as errors:
            self.reload = self.start(
                'reload', '--listen', '127.0.0.1:%d' % self.port, '--checkpoints', 'yes', *options, '--',
                sys.executable, '-B', str(CONTAINER / 'lib/runserver.py'), 'manage.py', str(self.port), stderr=errors)
        eventually(lambda: self.ask().startswith(begins))
        return self.set_up_by()

    def ask(self, page='/'):
        try:
            with urllib.request.urlopen('http://127.0.0.1:%d%s' % (self.port, page), timeout=PATIENCE) as response:
                return response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.read().decode()
        except OSError:
            return ''

    def server_and_checkpoint(self):
        """Once the server from before a save, which may still be at its end, has gone."""
        return eventually(lambda: [pids for pids in [family(self.reload.pid)] if len(pids) == 2])[0]

    def set_up_by(self):
        return self.ask().split()[-1]

    def save(self, name, words):
        """Returns when the server has it; whoever asks from then on is answered by what is on disk."""
        self.write(name, 'WORDS = "%s"\n' % words)
        eventually(lambda: words in self.ask())

    def test_a_server_goes_on_where_what_was_saved_was_not_loaded_when_it_was_set_up(self):
        first = self.serve()
        for words in ('second', 'third', 'fourth'):
            self.save('views.py', words)
            self.assertEqual(self.ask(), '%s first early by %s set up by %s ' % (words, first, first))

    def test_what_is_written_while_it_is_set_up_is_no_obstacle(self):
        self.set_up('import tempfile; tempfile.TemporaryFile().close(); open("written", "w").close()')
        first = self.serve()
        self.save('views.py', 'second')
        self.assertEqual(self.set_up_by(), first)

    def test_it_goes_on_itself_where_it_has_not_read_what_was_saved_also_after_it_has_gone_on_from_there(self):
        self.write('never.py', 'WORDS = "first"\n')
        self.serve()
        for words in ('second', 'third'):
            server = self.ask('/process').split()[0]
            self.bytecode('never.py').touch()
            self.write('never.py', 'WORDS = "%s"\n' % words)
            eventually(lambda: not self.bytecode('never.py').exists())  # `reload` has seen it
            self.assertEqual(self.ask('/process').split()[0], server)
            self.save('views.py', words)
            self.assertNotEqual(self.ask('/process').split()[0], server)

    def test_and_boots_where_it_was(self):
        first = self.serve()
        self.save('models.py', 'second')
        second = self.set_up_by()
        self.assertNotEqual(second, first)
        self.save('views.py', 'third')
        self.assertEqual(self.ask(), 'third second early by %s set up by %s ' % (second, second))

    def test_it_goes_on_from_the_last_checkpoint_that_had_not_loaded_what_was_saved(self):
        self.environment['DEVENV_CHECKPOINT_SECONDS'] = '0'
        first = self.serve()
        self.save('models.py', 'second')
        _, _, _, _, early, _, _, _, second, *_ = self.ask().split()
        self.assertEqual(early, first)
        self.assertNotEqual(second, first)
        self.save('views.py', 'third')
        self.assertEqual(self.ask(), 'third second early by %s set up by %s ' % (first, second))
        self.save('models.py', 'fourth')
        self.assertEqual(self.ask().split()[4], first)
        self.write('models.py', 'WORDS = (\n')
        eventually(lambda: 'has ended' in self.ask())
        self.save('models.py', 'mended')
        self.assertEqual(self.ask().split()[4], first)
        self.write('early.py', 'WORDS = "new"\n')
        self.write('views.py', 'WORDS = "fifth"\n')
        eventually(lambda: self.ask().startswith('fifth mended early by ') and first not in self.ask())

    def test_of_what_is_saved_again_only_that_and_what_follows_is_loaded_again(self):
        first = self.serve()
        self.save('models.py', 'second')
        second = self.set_up_by()
        self.assertNotEqual(second, first)
        self.save('models.py', 'third')
        third = self.set_up_by()
        self.assertEqual(self.ask(), 'first third early by %s set up by %s ' % (second, third))
        self.write('models.py', 'WORDS = (\n')
        eventually(lambda: 'has ended' in self.ask())
        self.save('models.py', 'mended')
        self.assertEqual(self.ask().split()[4], second)
        self.save('views.py', 'fourth')
        self.assertEqual(self.ask().split()[4], second)
        # What was loaded before it, too, boots, and is the next to be gone on before.
        self.write('early.py', 'WORDS = "second"\n')
        self.save('views.py', 'fifth')
        fifth = self.set_up_by()
        self.assertEqual(self.ask(), 'fifth mended early by %s set up by %s ' % (fifth, fifth))
        self.write('early.py', 'import models\nWORDS = "third"\n')
        self.save('views.py', 'sixth')
        self.save('models.py', 'last')
        self.assertNotIn(fifth, self.ask())

    def test_checkpoints_are_few_whatever_is_saved(self):
        for name in 'abcdef':
            self.write(name + '.py', 'WORDS = "%s"\n' % name)
        self.write('models.py', 'import a, b, c, d, e, f\nWORDS = "first"\n')
        self.serve()
        for name in 'abcdef':
            self.write(name + '.py', 'WORDS = "new"\n')
            self.save('views.py', 'saved_%s' % name)
            self.assertLessEqual(len(family(self.reload.pid)), 1 + KEPT + 2)

    def test_a_save_of_both_at_once_is_served_whole(self):
        self.serve()
        self.write('views.py', 'WORDS = "second"\n')
        self.save('models.py', 'third')
        self.assertTrue(self.ask().startswith('second third '))

    def test_a_file_that_was_read_counts_and_so_does_one_that_might_have_been_found(self):
        self.write('settings.yml', 'one')
        self.write('models.py', 'import pathlib, os\nWORDS = "first"\nHOW = open("settings.yml").read(), os.path.exists("private.py")\n')
        first = self.serve()
        self.write('settings.yml', 'two')
        self.save('views.py', 'second')
        second = self.set_up_by()
        self.assertNotEqual(second, first)
        self.write('private.py', '')
        self.save('views.py', 'third')
        third = self.set_up_by()
        self.assertNotEqual(third, second)
        (self.code / 'private.py').unlink()
        self.save('views.py', 'fourth')
        self.assertNotEqual(self.set_up_by(), third)

    def test_whatever_it_was_made_of_counts(self):
        by_spec = 'from importlib.util import module_from_spec, spec_from_file_location as find\n' \
            's = find("other", "part.py")\nm = module_from_spec(s)\ns.loader.exec_module(m)\n'
        in_place = 'import sys\nW = "one"\nm = sys.modules[__name__] = lambda: None\n'
        read = 'try:\n    HOW = open("part.txt").read()\nexcept OSError:\n    HOW = None\n'
        search = 'try:\n    from folder import local\nexcept ImportError:\n    local = None\n'

        def create(name):
            return lambda: self.write(name, 'new = 1\n')

        for what, models, there, change in (
                ('a module of which only the bytecode was read', by_spec, ['part.py'], create('part.py')),
                ('a module that has put something in its place', 'import part', ['part.py'], create('part.py')),
                ('a file that was not there', read, [], create('part.txt')),
                ('a file that was there', read, ['part.txt'], (self.code / 'part.txt').unlink),
                ('a file that was opened to be written, too', 'open("part.txt", "r+").close()', ['part.txt'], create('part.txt')),
                ('a file by a path from elsewhere', 'import os\nos.chdir("folder")\nopen("a.txt").close()\nos.chdir("..")', ['folder/a.txt'],
                 create('folder/a.txt')),
                ('the names in a folder', 'import os\nos.listdir("folder")', [], create('folder/a.txt')),
                ('those of a pattern', 'import glob\nglob.glob("folder/*.txt")', [], create('folder/a.txt')),
                ('a folder that held no such module', search, [], create('folder/local.py'))):
            with self.subTest(what):
                shutil.rmtree(self.code / 'folder', ignore_errors=True)
                (self.code / 'folder').mkdir()
                for name in there:
                    self.write(name, in_place if name == 'part.py' else '')
                    if name == 'part.py':
                        py_compile.compile(str(self.code / name), doraise=True)
                self.write('views.py', 'WORDS = "first"\n')
                self.write('models.py', models + '\nWORDS = "first"\n')
                first = self.serve()
                self.save('views.py', 'second')
                self.assertEqual(self.set_up_by(), first, 'nothing has changed')
                change()
                self.save('views.py', 'third')
                self.assertNotEqual(self.set_up_by(), first)
                self.reload.kill()
                self.reload.wait()

    def test_a_package_that_has_changed_counts(self):
        first = self.serve()
        self.set_up('SET_UP = SET_UP.replace("set", "Set")')
        self.save('views.py', 'second')
        self.assertIn(' Set up by ', self.ask())
        self.assertNotEqual(self.set_up_by(), first)

    def test_what_is_open_or_runs_when_it_is_set_up_is_told_once_and_it_boots_each_time(self):
        for fault, words in (
                ('open("private.json", "w").close()', 'private.json has changed meanwhile'),
                ('open("gone.json").close(); os.unlink("gone.json")', 'gone.json has changed meanwhile'),
                ('import socket; globals().update(S=socket.socket())', 'socket is open'),
                ('import threading; threading.Thread(target=time.sleep, args=[600], daemon=True).start()', 'a thread runs')):
            self.set_up(fault)
            self.write('gone.json', '')
            first = self.serve()
            for saved in ('second', 'third'):
                self.write('gone.json', '')
                self.save('views.py', saved)
                self.assertNotEqual(self.set_up_by(), first)
            self.assertEqual(self.console('2').count('a save boots more of the server'), 1, words + self.console('2'))
            self.assertIn(words, self.console('2'))
            self.reload.kill()
            self.reload.wait()
            self.write('views.py', 'WORDS = "first"\n')
            (self.folder / 'console' / '2').write_text('')

    def test_a_fault_is_told_and_mended_by_the_next_save(self):
        first = self.serve()
        self.write('views.py', 'WORDS = (\n')
        eventually(lambda: 'has ended' in self.ask())
        self.assertIn('views.py", line 1', self.console('2'))
        self.save('views.py', 'mended')
        self.assertEqual(self.set_up_by(), first)
        self.write('models.py', 'WORDS = (\n')
        eventually(lambda: 'has ended' in self.ask())
        self.save('models.py', 'again')
        self.save('views.py', 'last')
        self.assertNotEqual(self.set_up_by(), first)

    def test_the_server_is_as_one_that_has_booted(self):
        self.serve()
        booted = self.ask('/process').split()
        self.save('views.py', 'second')
        forked = self.ask('/process').split()
        self.assertNotEqual(forked[0], booted[0])
        self.assertEqual(forked[1], str(self.reload.pid), 'a child of reload')
        self.assertEqual(forked[2], forked[0], 'leads its group')
        self.assertEqual(forked[3:], booted[3:], 'nothing else is open')

    def test_with_reload_everything_ends(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.serve()
            self.save('views.py', 'second')
            below = self.server_and_checkpoint()
            self.reload.send_signal(number)
            self.reload.wait(PATIENCE)
            eventually(lambda: not any(pathlib.Path('/proc/%s/fd/0' % pid).exists() for pid in below))
            self.write('views.py', 'WORDS = "first"\n')

    def test_a_checkpoint_that_is_killed_is_no_obstacle(self):
        first = self.serve()
        self.save('views.py', 'second')
        server = self.ask('/process').split()[0]
        os.kill(int(next(pid for pid in self.server_and_checkpoint() if pid != server)), signal.SIGKILL)
        self.save('views.py', 'third')
        second = self.set_up_by()
        self.assertNotEqual(second, first)
        self.save('views.py', 'fourth')
        self.assertEqual(self.set_up_by(), second)

    def test_each_of_many_saves_is_what_is_served(self):
        self.environment['DEVENV_CHECKPOINT_SECONDS'] = '0'
        self.write('settings.yml', 'how0')
        self.write('part0.py', 'WORDS = "part0"\n')
        words = {'views': 'views0', 'models': 'models0', 'early': 'early0', 'settings': 'how0', 'part': 'part0'}
        texts = {
            'views': 'from part import WORDS as PART, EARLY, HOW\nWORDS = "%(views)s " + PART + EARLY + HOW\n',
            'models': 'HOW = open("settings.yml").read()\nWORDS = "%(models)s"\n',
            'early': 'WORDS = "%(early)s"\n',
            'part': 'from %(part)s import WORDS\nfrom early import WORDS as EARLY\nfrom models import HOW\n',
        }

        def save(*names):
            for name in names:
                if random.random() < 0.3:  # as some editors save
                    self.write('aside', texts[name] % words)
                    os.replace(self.code / 'aside', self.code / (name + '.py'))
                else:
                    self.write(name + '.py', texts[name] % words)

        def new(name, number):
            words[name] = '%s%d' % (name, number)

        def edit(number):
            kind = random.choice(['views', 'models', 'early', 'settings', 'part', 'twice', 'fault', 'all'])
            if kind in ('views', 'models', 'early'):
                new(kind, number)
                save(kind)
            elif kind == 'settings':
                words['settings'] = 'how%d' % number
                self.write('settings.yml', words['settings'])
                save('views')
            elif kind == 'part':
                before = words['part']
                new('part', number)
                self.write(words['part'] + '.py', 'WORDS = "%s"\n' % words['part'])
                (self.code / (before + '.py')).unlink()
                save('part')
            elif kind == 'twice':
                new('views', number)
                save('views')
                time.sleep(random.random() / 10)
                new('models', number)
                save('models')
            elif kind == 'fault':
                name = random.choice(['views', 'models', 'early'])
                self.write(name + '.py', random.choice(['WORDS = (\n', 'import not_there_at_all\n']))
                eventually(lambda: 'has ended' in self.ask())
                save(name)
            else:
                for name in ('views', 'models', 'early'):
                    new(name, number)
                save('early', 'views', 'models')
            return kind

        for name in texts:
            save(name)
        seed = os.environ.get('SEED', '7')
        random.seed(seed)
        self.serve(begins='views0')
        for number in range(1, int(os.environ.get('EDITS', '40')) + 1):
            kind = edit(number)
            wanted = '%(views)s %(part)s%(early)s%(settings)s %(models)s ' % words
            try:
                eventually(lambda: self.ask().startswith(wanted))
            except AssertionError:
                self.fail('edit %d of seed %s, %s: wanted %s, got %s\n%s' % (number, seed, kind, wanted, self.ask(), self.console('2')[-3000:]))

    def test_plain_is_plain(self):
        self.environment['DEVENV_RELOAD'] = 'plain'
        first = self.serve()
        self.save('views.py', 'second')
        self.assertNotEqual(self.set_up_by(), first)


def family(pid):
    """Its children."""
    found = []
    for stat in pathlib.Path('/proc').glob('[0-9]*/stat'):
        try:
            if stat.read_text().rpartition(')')[2].split()[1] == str(pid):
                found.append(stat.parent.name)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


if __name__ == '__main__':
    unittest.main()

import subprocess
import sys
import unittest
import urllib.error
import urllib.request
from unittest import mock

from helpers import CONTAINER, PATIENCE, InFolder, eventually

from devenv_container import libraries, waiting

CODE = '/edx/app/hello'

SYNTAX = '''Traceback (most recent call last):
  File "/usr/lib/python3/site-packages/gunicorn/util.py", line 371, in import_app
    mod = importlib.import_module(module)
  File "<frozen importlib._bootstrap>", line 1204, in _gcd_import
  File "/edx/app/hello/hello/web.py", line 12
    def broken(:
               ^
SyntaxError: invalid syntax
[2026-11-23 10:00:00 +0000] [9] [INFO] Worker exiting'''

DEEP = '''Traceback (most recent call last):
  File "/edx/app/hello/manage.py", line 9, in <module>
    execute()
  File "/edx/app/hello/.venv/lib/python3.11/site-packages/django/conf.py", line 3, in load
    raise ImproperlyConfigured('no key')
django.core.exceptions.ImproperlyConfigured: no key'''

TWO = SYNTAX + '\n' + DEEP

GONE = '''Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/gunicorn/util.py", line 359, in import_app
    mod = importlib.import_module(module)
  File "/usr/lib/python3.11/importlib/__init__.py", line 126, in import_module
    return _bootstrap._gcd_import(name[level:], package, level)
  File "<frozen importlib._bootstrap>", line 1140, in _find_and_load_unlocked
ModuleNotFoundError: No module named 'hello.web\''''

RUBY = '''/edx/app/hello/app.rb:7: syntax error, unexpected end-of-input (SyntaxError)
\tfrom /usr/lib/ruby/kernel_require.rb:38:in require'''

NODE = '''/edx/app/hello/server.js:3
const a = ;
          ^

SyntaxError: Unexpected token'''


LIBRARY = '''Traceback (most recent call last):
  File "/edx/app/hello/hello/greetings.py", line 49, in <module>
    point.load()
  File "/usr/lib/python3.11/importlib/metadata/__init__.py", line 202, in load
    module = import_module(match.group('module'))
  File "/edx/libraries/ciao/ciao/__init__.py", line 2
    return (
           ^
SyntaxError: '(' was never closed'''


class Fault(unittest.TestCase):
    def test_is_the_last_place_in_the_code_and_what_is_wrong_there(self):
        for log, fault in [
            (SYNTAX, 'hello/web.py:12: SyntaxError: invalid syntax'),
            (DEEP, 'manage.py:9: django.core.exceptions.ImproperlyConfigured: no key'),
            (TWO, 'manage.py:9: django.core.exceptions.ImproperlyConfigured: no key'),
            (GONE, "ModuleNotFoundError: No module named 'hello.web'"),
            (RUBY, 'app.rb:7: syntax error, unexpected end-of-input (SyntaxError)'),
            (NODE, 'server.js:3: SyntaxError: Unexpected token'),
            ('listening\nGET /', None),
        ]:
            with self.subTest(fault):
                self.assertEqual(waiting.parse(log.splitlines(), CODE), fault)


    def test_is_in_the_library_whose_code_is_wrong_and_not_where_the_service_loads_it(self):
        with mock.patch.object(libraries, 'ATTACHED', ['/edx/libraries/ciao']):
            self.assertEqual(
                waiting.parse(LIBRARY.splitlines(), CODE),
                "/edx/libraries/ciao/ciao/__init__.py:2: SyntaxError: '(' was never closed")


class Waiting(InFolder):
    def test_who_asks_a_program_that_ended_is_told_where_its_code_is_wrong_until_it_is_mended(self):
        port = self.reserve_port()
        code = self.folder / 'code' / 'broken.py'
        code.write_text('x = 1\ndef broken(:\n    pass\n')
        self.environment['SUPERVISOR_PROCESS_NAME'] = 'web'
        self.start('program', sys.executable, str(CONTAINER / 'bin' / 'reload'),
                   '--listen', '127.0.0.1:%d' % port, '--', sys.executable, '-B', 'broken.py')
        waits = self.folder / 'waiting' / 'web'
        eventually(waits.exists)

        def told():
            try:
                urllib.request.urlopen('http://127.0.0.1:%d/' % port, timeout=20).close()
            except urllib.error.HTTPError as error:
                return error.read().decode() if error.code == 503 else None
            except OSError:
                return None

        self.assertIn('broken.py:2: SyntaxError: invalid syntax', eventually(told))
        code.write_text('import time\ntime.sleep(60)\n')
        eventually(lambda: not waits.exists())

    def test_where_no_program_waits_supervisord_is_not_asked_which_one_does(self):
        (self.folder / 'waiting').mkdir()
        (self.folder / 'waiting' / 'web.start').touch()  # it has started, and runs
        asked = self.start('programs', '--waiting', stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual((asked.wait(PATIENCE), asked.stdout.read()), (0, b''))
        (self.folder / 'waiting' / 'worker').touch()
        asked = self.start('programs', '--waiting', stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertNotEqual(asked.wait(PATIENCE), 0)  # there is none here

import json
import os
import signal
import subprocess
import sys
import unittest
import venv

from helpers import CONTAINER, PATIENCE, eventually
import test_reload
from test_reload import SERVER, alive, answer

WARM = 'modules of installed packages from a process that has them'
# What a program can see of how it was started, and of what it has imported.
LOOK = '''
import apackage.part, caller, json, os, signal, sys
import code_of_ours
if not os.path.exists('quiet'):
    print(json.dumps({
        'modules': sorted(sys.modules), 'argv': sys.argv, 'orig_argv': getattr(sys, 'orig_argv', None), 'path': sys.path,
        'main': sorted(set(vars(sys.modules['__main__']))), 'file': __file__, 'name': __name__,
        'environment': {name: value for name, value in os.environ.items() if name not in ('DEVENV_RELOAD', 'DEVENV_SAVED')},
        'signals': [str(signal.getsignal(number)) for number in sorted(signal.valid_signals())],
        'blocked': sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])), 'nice': os.nice(0),
        'leads': os.getpgrp() == os.getpid(), 'folder': os.getcwd(), 'files': len(os.listdir('/proc/self/fd')),
        'finders': [str(finder) for finder in sys.meta_path if 'Noting' not in str(finder)],
        'random': caller.random_numbers() != '', 'called': caller.called,
    }), flush=True)
signal.pause()
'''


class Preload(test_reload.Reload):
    """In a virtual environment with packages of our own, so that what is installed can be told from what is saved."""

    def setUp(self):
        super().setUp()
        venv.create(self.folder / 'venv', symlinks=True)
        self.python = str(self.folder / 'venv/bin/python')
        self.packages = next((self.folder / 'venv/lib').glob('python3*')) / 'site-packages'
        self.environment.update(DEVENV_RELOAD='fork', DEVENV_PRELOAD_QUIET='0.3')
        self.install('apackage/__init__.py', "import os\nopen(os.environ['IMPORTED'], 'a').write('apackage\\n')\n")
        self.environment['IMPORTED'] = str(self.folder / 'imported')

    def install(self, path, text):
        file = self.packages / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def record(self):
        records = list((self.folder / 'records').glob('*.json'))
        return json.loads(records[0].read_text()) if records else None

    def serve(self, *options, **environment):
        """The port at which a program with a package answers."""
        package = environment.pop('PACKAGE', '')
        self.environment.update(environment)
        self.install('apackage/__init__.py', package + 'WORDS = "old"\n')
        port = self.reserve_port()
        self.save('words.py', 'WORDS = "first"')
        self.save('server.py', 'import apackage\n' + SERVER.replace('words.WORDS', '(words.WORDS + " " + apackage.WORDS)'))
        self.process = self.reload('--listen', '127.0.0.1:%d' % port, *options, '--', self.python, 'server.py')
        eventually(lambda: answer(port) == (200, 'first old'))
        return port

    def answers(self, port, expected, **saved):
        for name, text in saved.items():
            self.save(name + '.py', text)
        return eventually(lambda: answer(port) == (200, expected))

    def parent(self):
        """(the parent of all, the process that has the packages of the program)"""
        with open('/proc/%d/stat' % self.pids()[-1]) as stat:
            branch = int(stat.read().rpartition(')')[2].split()[1])
        with open('/proc/%d/stat' % branch) as stat:
            return int(stat.read().rpartition(')')[2].split()[1]), branch


for name in [name for name in dir(Preload) if name.startswith('test_')]:
    setattr(Preload, name, None)  # those of Reload run there


class Programs(Preload):
    def test_a_save_is_served_by_a_fork_which_has_the_packages_and_the_saved_code(self):
        port = self.serve()
        self.said(WARM)
        self.answers(port, 'second old', words='WORDS = "second"')
        self.assertNotEqual(self.parent()[1], self.process.pid)
        with open('/proc/%d/cmdline' % self.pids()[-1]) as words:
            self.assertEqual(words.read().rstrip('\0'), '%s server.py' % self.python)
        self.answers(port, 'third old', words='WORDS = "third"')
        self.assertEqual(len(self.pids()), 3)

    def test_a_fork_is_what_a_plain_boot_is(self):
        self.install('apackage/__init__.py', '')
        self.install('apackage/part.py', 'import email.message, json, decimal\n')
        self.install('caller.py', 'import random, apackage\ncalled = __name__\ndef random_numbers(): return str(random.random())\n')
        self.save('code_of_ours.py')
        self.save('look.py', LOOK)
        seen = {}
        for way in ('plain', 'fork'):
            self.environment['DEVENV_RELOAD'] = way
            reload = self.reload('--nice', '3', '--', self.python, 'look.py', 'a word', '--option')
            self.said('"modules"')
            if way == 'fork':
                self.said(WARM)
                self.save('code_of_ours.py', '# saved')
                self.said('"modules"', 2)
            seen[way] = [json.loads(line) for line in self.output.read_text().splitlines() if line.startswith('{')]
            reload.terminate()
            reload.wait(PATIENCE)
        (plain,), (noted, forked) = seen['plain'], seen['fork']
        self.assertIn('apackage.part', self.record()['loaded'])
        self.maxDiff = None
        self.assertEqual(forked, plain)
        self.assertEqual(noted, plain)

    def test_what_says_that_it_is_a_module_and_is_none_is_no_obstacle(self):
        port = self.serve(PACKAGE='''
import sys
class Library:
    __slots__ = ()
    __class__ = type(sys)
sys.modules['apackage.library'] = Library()
''')
        self.said(WARM)
        self.answers(port, 'second old', words='WORDS = "second"')

    def test_a_changed_package_is_what_the_next_program_has(self):
        port = self.serve()
        self.said(WARM)
        self.install('apackage/__init__.py', 'WORDS = "newer"\n')
        self.answers(port, 'second newer', words='WORDS = "second"')
        self.said('apackage/__init__.py has changed: it boots by itself')
        self.said(WARM, 2)
        self.answers(port, 'third newer', words='WORDS = "third"')
        self.assertNotEqual(self.parent()[1], self.process.pid)

    def test_where_the_parents_are_killed_saves_are_served_all_the_same(self):
        port = self.serve()
        self.said(WARM)
        self.answers(port, 'second old', words='WORDS = "second"')
        parent, _ = self.parent()
        os.kill(parent, signal.SIGKILL)
        self.answers(port, 'third old', words='WORDS = "third"')
        os.kill(self.parent()[1], signal.SIGKILL)
        self.answers(port, 'fourth old', words='WORDS = "fourth"')
        self.said(WARM, 2)
        self.answers(port, 'fifth old', words='WORDS = "fifth"')
        self.assertNotIn(self.parent()[1], (parent, self.process.pid))

    def test_plain_programs_are_started_as_they_are(self):
        self.serve(DEVENV_RELOAD='plain')
        self.assertFalse((self.folder / 'records').exists())
        with open('/proc/%d/cmdline' % self.pids()[-1]) as words:
            self.assertEqual(words.read().split('\0')[1:], ['server.py', ''])

    def test_a_fork_that_fails_waits_for_the_next_save_and_its_traceback_begins_in_it(self):
        port = self.serve()
        self.said(WARM)
        self.save('words.py', 'syntax error')
        self.said('the program ended with 1; it starts again when you save a file')
        self.assertEqual(answer(port)[0], 503)
        trace = self.output.read_text().partition('Traceback')[2].splitlines()
        self.assertIn('server.py", line', trace[1])
        self.answers(port, 'mended old', words='WORDS = "mended"')

    def test_with_a_fork_ends_what_it_started_and_nothing_is_left(self):
        self.save('app.py', 'import os, subprocess, time\nimport apackage\n'
                            'subprocess.run(["sh", "-c", "(setsid sh -c \'echo orphan $$; sleep 1000 & echo orphan $!; wait\' &)"])\n'
                            'print("pid", os.getpid(), flush=True)\ntime.sleep(1000)')
        orphans = lambda: [int(line.split()[1]) for line in self.output.read_text().splitlines() if line.startswith('orphan ')]
        reload = self.reload('--', self.python, 'app.py')
        self.said(WARM)
        for times in (2, 3):
            self.save('other.py', 'x' * times)
            self.said('pid', times)
            eventually(lambda: len(orphans()) == 2 * times)
            eventually(lambda: not any(map(alive, orphans()[:-2])))
            self.assertTrue(all(map(alive, orphans()[-2:])))
        parents = self.parent()
        reload.send_signal(signal.SIGTERM)
        self.assertEqual(reload.wait(PATIENCE), -signal.SIGTERM)
        self.assertEqual([pid for pid in [*orphans(), *self.pids()] if alive(pid)], [])
        eventually(lambda: not any(map(alive, parents)))

    def test_killed_it_takes_the_fork_with_it(self):
        self.serve()
        self.said(WARM)
        self.save('words.py', 'WORDS = "second"')
        program = eventually(lambda: self.pids()[1:])[-1]
        self.process.kill()
        eventually(lambda: not alive(program))

    def test_an_outcome_by_a_signal_is_told(self):
        self.save('app.py', 'import apackage, os\nimport code\nprint("started", flush=True)\nos.kill(os.getpid(), code.SIGNAL)')
        self.save('code.py', 'import time\ntime.sleep(1000)')
        self.reload('--', self.python, 'app.py')
        self.said(WARM)
        self.save('code.py', 'SIGNAL = 9')
        self.said('the program was ended by SIGKILL')

    def test_programs_of_one_python_share_what_they_have_in_common(self):
        self.install('apackage/__init__.py', '')
        self.install('other.py', '')
        self.save('app.py', 'import apackage, time\nprint("started", flush=True)\ntime.sleep(1000)')
        self.save('app2.py', 'import other, apackage, time\nprint("started", flush=True)\ntime.sleep(1000)')
        outputs = []
        for name in ('app.py', 'app2.py'):
            self.reload('--', self.python, name)
            outputs.append(self.output.rename(self.folder / name))
        for output in outputs:
            eventually(lambda: WARM in output.read_text())
        self.assertEqual(len(list((self.folder / 'preload').glob('*.socket'))), 1)
        self.assertIn('apackage', json.loads((self.folder / 'records/common').read_text())['loaded'])
        self.assertNotIn('other', json.loads((self.folder / 'records/common').read_text())['loaded'])


class Trial(Preload):
    """What is left out, because of what it was seen to do."""

    MODULES = {
        'threads': 'import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()',
        'sockets': 'import _socket\nopen_one = _socket.socket()',
        'settings': 'import os\nnames = os.environ.get("DJANGO_SETTINGS_MODULE")',
        'surroundings': 'import os\nall_of_it = dict(os.environ)',
        'changes': 'import os\nos.environ["A"] = "b"',
        'words': 'import sys\ntesting = "test" in sys.argv',
        'sequences': 'import random\nown = random.Random()',
        'processes': 'import os\nnumber = os.getpid()',
        'signals': 'import signal\nsignal.signal(signal.SIGUSR1, lambda *_: None)',
        'ours': 'import mine',
        'ours_maybe': 'try:\n    import mine\nexcept ImportError:\n    mine = None',
        'reads': 'text = open(%r).read()',
        'fails': 'raise RuntimeError("no settings")',
        'ends': 'import os\nos._exit(0)',
        'paths': 'import sys\nsys.path.append("/elsewhere")',
        'good': 'import os, json\nHOME = os.environ.get("HOME")\ntry:\n    import absent\nexcept ImportError:\n    pass',
    }

    def test_a_module_is_left_out_for_what_it_does_and_the_others_are_not(self):
        self.save('mine.py')
        for name, text in self.MODULES.items():
            self.install(name + '.py', text)
        text = self.MODULES['reads'] % str(self.folder / 'code/mine.py')
        self.install('reads.py', text)
        seen, asked, record = (self.folder / name for name in ('seen', 'asked', 'record'))
        names = ['os', 'json', 'random', 'threading', '_socket', 'signal', 'time', *self.MODULES]
        seen.write_text(''.join('%s\t%s\n' % (name, self.packages / name) for name in names) +
                        'mine\t%s\nabsent\n' % (self.folder / 'code/mine.py'))
        asked.write_text(json.dumps({'seen': str(seen), 'record': str(record), 'code': [str(self.folder / 'code')],
                                     'without': ['DJANGO_SETTINGS_MODULE'], 'program': []}))
        subprocess.run(
            [self.python, str(CONTAINER / 'lib/preload.py'), 'learn', str(asked)], check=True,
            env={**self.environment, 'DJANGO_SETTINGS_MODULE': 'mine', 'HOME': '/a'})
        found = json.loads(record.read_text())
        self.maxDiff = None
        self.assertEqual(found['left_out'], {
            'threads': 'leaves a thread',
            'sockets': 'leaves a file or a socket open',
            'settings': 'reads DJANGO_SETTINGS_MODULE',
            'surroundings': 'reads the whole environment',
            'changes': 'changes the environment',
            'words': 'reads the command line',
            'sequences': 'begins a sequence of random numbers',
            'processes': 'asks for the number of the process',
            'signals': 'handles signals',
            'ours': 'imports mine, which is not installed',
            'ours_maybe': 'imports mine, which is not installed',
            'reads': 'reads %s' % (self.folder / 'code/mine.py'),
            'fails': 'RuntimeError: no settings',
            'ends': 'ends the process',
            'paths': 'changes sys.path',
        })
        self.assertIn('good', found['modules'])
        self.assertEqual(list(found['reads']['good']), ['HOME'])
        self.assertNotIn('mine', found['loaded'])


if __name__ == '__main__':
    unittest.main()

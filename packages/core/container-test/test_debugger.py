import os
import subprocess
import sys
import unittest

from helpers import CONTAINER, InFolder


class Debugger(InFolder):
    """What `with-debugger` has the interpreters do; debugpy itself is met in a scenario."""

    def run_with(self, *command, **environment):
        environment = {**os.environ, **environment, 'DEVENV_DEBUG_PORT': str(self.port), 'DEVENV_DEBUG_WAIT': ''}
        return subprocess.run(command, env=environment, cwd=self.folder, text=True, capture_output=True)

    def setUp(self):
        super().setUp()
        self.port = self.reserve_port()

    def python(self, script, **files):
        for name, text in files.items():
            (self.folder / (name + '.py')).write_text(text)
        path = '%s:%s' % (CONTAINER / 'debugger', self.folder)
        return self.run_with(sys.executable, '-c', script, PYTHONPATH=path)

    def test_python_finds_the_module_that_ours_hides_and_tells_its_children_nothing(self):
        ended = self.python(
            'import os, sitecustomize; print(sitecustomize.THEIRS, os.environ.get("DEVENV_DEBUG_PORT"), os.environ["PYTHONPATH"])',
            sitecustomize='THEIRS = 7')
        self.assertEqual(ended.stdout, '7 None %s\n' % self.folder)

    def test_python_says_nothing_where_ours_hides_no_module(self):
        script = 'import os, sys, time; sys.path[:] = [%r]; import sitecustomize' % str(CONTAINER / 'debugger')
        ended = self.run_with(sys.executable, '-S', '-c', script)
        self.assertEqual((ended.returncode, ended.stderr), (0, ''))

    def test_python_listens_in_what_coverage_runs_and_not_in_what_it_does_around_it(self):
        (self.folder / 'coverage').write_text('print("runs")')
        (self.folder / 'coverage.py').write_text('print("runs")')
        (self.folder / 'debugpy.py').write_text('raise ImportError')
        path = '%s:%s' % (CONTAINER / 'debugger', self.folder)
        for coverage in (['coverage'], ['-m', 'coverage']):
            for command, listens in (('erase', False), ('html', False), ('run', True)):
                ended = self.run_with(sys.executable, *coverage, command, PYTHONPATH=path)
                self.assertEqual(ended.stdout, '' if listens else 'runs\n', [*coverage, command])

    def test_python_says_that_there_is_no_debugpy(self):
        (self.folder / 'program.py').write_text('print("runs")')
        (self.folder / 'debugpy.py').write_text('raise ImportError')
        path = '%s:%s' % (CONTAINER / 'debugger', self.folder)
        ended = self.run_with(sys.executable, 'program.py', PYTHONPATH=path)
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), (1, '', 'with-debugger: this image has no debugpy\n'))

    def test_node_listens_but_not_in_npm(self):
        script = 'console.log(require("node:inspector").url() ?? "none", process.env.DEVENV_DEBUG_PORT)'
        options = '--require %s' % (CONTAINER / 'debugger' / 'inspect.cjs')
        (self.folder / 'program.js').write_text(script)
        (self.folder / 'npm-cli.js').write_text(script)
        ended = self.run_with('node', 'program.js', NODE_OPTIONS=options)
        self.assertRegex(ended.stdout, r'^ws://127.0.0.1:%d/\S+ undefined$' % self.port)
        self.assertEqual(self.run_with('node', 'npm-cli.js', NODE_OPTIONS=options).stdout, 'none %d\n' % self.port)


if __name__ == '__main__':
    unittest.main()

"""bin/libraries: checkouts that are installed, editable, into a Python, and taken along by `reload`."""

import json
import os
import subprocess
import sys
import time
import unittest

from helpers import CONTAINER, PATIENCE, InFolder

try:
    import setuptools
except ImportError:
    setuptools = None

# A build backend in the checkout itself: nothing has to be installed for it.
BACKEND = '''
import os

def prepare_metadata_for_build_wheel(folder, settings=None):
    into = os.path.join(folder, '%(name)s-1.dist-info')
    os.makedirs(into)
    with open(os.path.join(into, 'METADATA'), 'w') as file:
        file.write('Metadata-Version: 2.1\\nName: %(name)s\\nVersion: 1\\n%(requires)s')
    with open(os.path.join(into, 'entry_points.txt'), 'w') as file:
        file.write('[test.points]\\n%(point)s\\n')
    return os.path.basename(into)
'''
PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["build_it"]\n'
SETUP = "from setuptools import setup\nsetup(name='%s', version='1', packages=['%s'], entry_points={'test.points': ['%s']})\n"
POINTS = "from importlib import metadata; print(sorted('%s=%s' % (p.name, p.load()) for p in metadata.entry_points(group='test.points')))"


class Libraries(InFolder):
    def setUp(self):
        super().setUp()
        venv = self.folder / 'venv'
        subprocess.run([sys.executable, '-m', 'venv', '--without-pip', '--system-site-packages', str(venv)], check=True)
        self.environment.update({
            'PATH': '%s:%s' % (venv / 'bin', os.environ['PATH']),
            'DEVENV_LIBRARIES_STATE': str(self.folder / 'state'),
            'PYTHONDONTWRITEBYTECODE': '1',
        })
        self.environment.pop('PYTHONPATH', None)
        self.libraries('--path')

    def run_tool(self, *words):
        return subprocess.run(words, env=self.environment, cwd=self.folder / 'code', stdout=subprocess.PIPE,
                              universal_newlines=True, timeout=PATIENCE, check=True).stdout

    def libraries(self, *words):
        out = self.run_tool(str(CONTAINER / 'bin' / 'libraries'), *words)
        return json.loads(out) if out else None

    def attach(self, *names):
        self.environment['DEVENV_LIBRARIES'] = ':'.join(str(self.folder / name) for name in names)

    def write(self, files):
        for path, text in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def library(self, name, requires='', root=''):
        self.write({
            name + '/pyproject.toml': PYPROJECT,
            name + '/build_it/backend.py': BACKEND % {
                'name': name, 'point': '%s = %s:VALUE' % (name, name), 'requires': requires},
            '%s/%s%s/__init__.py' % (name, root, name): 'VALUE = 1\n',
        })

    def points(self):
        return self.run_tool('python3', '-c', POINTS).strip()

    def files_in(self, name):
        return sorted(str(path.relative_to(self.folder / name)) for path in (self.folder / name).rglob('*'))

    def test_several_are_found_by_their_entry_points_and_nothing_is_written_into_them(self):
        self.library('one')
        self.library('two', root='src/')
        self.attach('one', 'two')
        before = self.files_in('one'), self.files_in('two')
        self.assertEqual([each['broken'] for each in self.libraries()], [None, None])
        self.assertEqual(self.points(), "['one=1', 'two=1']")
        self.write({'two/src/two/__init__.py': 'VALUE = 2\n'})
        self.assertEqual(self.points(), "['one=1', 'two=2']")
        self.assertEqual((self.files_in('one'), self.files_in('two')), before)

    def test_one_that_is_not_attached_any_more_is_gone(self):
        self.library('one')
        self.attach('one')
        self.libraries()
        self.attach()
        self.libraries()
        self.assertEqual(self.points(), '[]')

    def test_it_comes_before_what_is_installed(self):
        [folder] = (self.folder / 'venv/lib').glob('python3*/site-packages')
        self.write({str(folder / 'one/__init__.py'): 'VALUE = "released"\n'})
        self.library('one')
        self.attach('one')
        self.libraries()
        self.assertEqual(self.points(), "['one=1']")

    def test_what_it_lacks_is_named_once_and_not_what_is_attached_too(self):
        self.library('one', r'Requires-Dist: two >=9\nRequires-Dist: Nowhere_To.Be >=1\n'
                            r'Requires-Dist: other; python_version < "3"\nRequires-Dist: more; extra == "more"\n')
        self.library('two')
        self.attach('one', 'two')
        one, two = self.libraries()
        self.assertEqual(one['missing'], ['Nowhere_To.Be>=1'])
        self.assertEqual(two['missing'], [])

    def test_a_broken_one_is_no_obstacle_and_is_told_with_its_place(self):
        self.library('one')
        self.library('bad')
        self.attach('bad', 'one')
        self.write({'bad/build_it/backend.py': 'def broken(\n'})
        bad, one = self.libraries()
        self.assertIn('build_it/backend.py:1: SyntaxError', bad['broken'])
        self.assertIsNone(one['broken'])
        self.assertEqual(self.points(), "['one=1']")

    def test_one_that_breaks_stays_as_it_was_until_it_is_mended(self):
        self.library('one')
        self.attach('one')
        self.libraries()
        self.write({'one/pyproject.toml': 'this is no TOML'})
        [told] = self.libraries('--if-changed')
        self.assertIn('pyproject.toml: ', told['broken'])
        self.assertEqual(self.points(), "['one=1']")
        self.assertEqual(self.libraries('--if-changed'), [])
        self.assertEqual([each['broken'] for each in self.libraries('--report')], [told['broken']])
        self.library('one')
        [told] = self.libraries('--if-changed')
        self.assertIsNone(told['broken'])

    def test_one_of_node_is_not_installed_and_what_node_modules_lacks_is_named(self):
        self.write({
            'footer/package.json': json.dumps({
                'name': '@edx/footer', 'dependencies': {'lodash': '^4.17.21', 'own': '1', '@edx/header': '^2'},
                'peerDependencies': {'react': '^18', 'above': '>=1'}}),
            'footer/node_modules/own/package.json': '{}',
            'header/package.json': json.dumps({'name': '@edx/header'}),
            'code/node_modules/react/package.json': '{}',
            'node_modules/above/package.json': '{}',
        })
        self.attach('footer', 'header')
        footer, header = self.libraries()
        self.assertEqual([footer['broken'], footer['missing'], footer['paths']], [None, ['lodash@^4.17.21'], []])
        self.assertEqual(footer['install'], "npm install --no-save 'lodash@^4.17.21'")
        self.assertEqual([header['missing'], header['install']], [[], None])
        self.assertEqual(self.libraries('--report'), [footer, header])

    def test_one_of_node_that_is_broken_is_told(self):
        for text, words in (('{', 'package.json: Expecting'), ('{}', 'package.json has no name'), ('[]', 'package.json: '), ('null', 'package.json: '),
                            ('{"name": "footer", "dependencies": ["lodash"]}', 'package.json: ')):
            self.write({'footer/package.json': text})
            self.attach('footer')
            self.assertIn(words, self.libraries()[0]['broken'])

    def test_what_describes_no_distribution_is_told(self):
        self.write({'one/pyproject.toml': '[build-system]\nrequires = []\nbuild-backend = "nowhere.to:be"\n'})
        self.attach('one')
        [told] = self.libraries()
        self.assertIn('nowhere, which the container lacks', told['broken'])

    def test_a_save_of_its_code_and_of_its_description_starts_programs_again(self):
        self.library('one')
        self.attach('one')
        self.libraries()
        log = self.folder / 'seen'
        self.write({'code/program.py': POINTS.replace('print(', "open(%r, 'a').write('\\n%%s' %% " % str(log)) + '; import time; time.sleep(99)'})
        self.start('reload', '--', 'python3', 'program.py')
        self.expect_line(log, "['one=1']")
        self.write({'one/one/__init__.py': 'VALUE = 2\n'})
        self.expect_line(log, "['one=2']")
        described = {'name': 'one', 'point': r'one = one:VALUE\nmore = one:VALUE', 'requires': ''}
        self.write({'one/build_it/backend.py': BACKEND % described})
        self.write({'one/pyproject.toml': PYPROJECT + '\n'})
        self.expect_line(log, "['more=2', 'one=2']")

    def test_a_save_of_what_describes_one_of_node_starts_what_bundles_it_again(self):
        self.write({'one/package.json': '{', 'one/src/index.js': ''})
        self.attach('one')
        self.assertIn('Expecting', self.libraries()[0]['broken'])
        log = self.folder / 'seen'
        program = "import time; open(%r, 'a').write(open(%r).read() + '\\n'); time.sleep(99)"
        self.write({'code/program.py': program % (str(log), str(self.folder / 'one/package.json'))})
        self.start('reload', '--suffix', '.config.js', '--', 'python3', 'program.py')
        self.expect_line(log, '{')
        self.write({'one/package.json': '{"name": "one"}'})
        self.expect_line(log, '{"name": "one"}')
        self.assertIsNone(self.libraries('--report')[0]['broken'])

    def test_where_they_are_is_written_only_when_that_is_another_place(self):
        self.library('one')
        self.library('two')
        self.attach('one')
        self.libraries()
        paths = self.folder / 'state/paths'

        def written():
            return paths.stat().st_ino, paths.stat().st_mtime_ns

        before = written()
        self.libraries()
        self.assertEqual(written(), before)
        self.attach('one', 'two')
        self.libraries()
        self.assertNotEqual(written(), before)

    def expect_line(self, file, line):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if file.exists() and file.read_text().splitlines()[-1:] == [line]:
                return
            time.sleep(0.05)
        self.fail('%s: %s' % (line, file.read_text() if file.exists() else 'nothing'))

    @unittest.skipUnless(setuptools, 'this Python has no setuptools')
    def test_setup_py_and_a_layout_of_its_own(self):
        self.write({
            'one/setup.py': SETUP % ('one', 'one', 'one = one:VALUE'), 'one/one/__init__.py': 'VALUE = 1\n',
            'two/pyproject.toml': '[project]\nname = "two"\nversion = "1"\ndependencies = ["one>=5", "nowhere"]\n'
                                  '[project.entry-points."test.points"]\ntwo = "two:VALUE"\n',
            'two/src/two/__init__.py': 'VALUE = 2\n',
            'none/pyproject.toml': '[tool.black]\nline-length = 99\n',
            'bad/setup.py': 'from setuptools import setup\nsetup(name=\n',
        })
        self.attach('one', 'two', 'none', 'bad')
        before = self.files_in('one'), self.files_in('two')
        one, two, none, bad = self.libraries()
        self.assertEqual((one['broken'], two['broken']), (None, None))
        self.assertEqual((one['missing'], two['missing']), ([], ['nowhere']))
        self.assertIn('no name of a distribution', none['broken'])
        self.assertIn('setup.py:2: SyntaxError', bad['broken'])
        self.assertEqual(self.points(), "['one=1', 'two=2']")
        self.assertEqual((self.files_in('one'), self.files_in('two')), before)


if __name__ == '__main__':
    unittest.main()

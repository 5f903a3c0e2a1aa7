import os
import pathlib
import sys
import unittest

from helpers import CONTAINER, InFolder, eventually

from devenv_checkpoint import told as telling
from devenv_container.told import Told

# Notes each of its starts, and what it was given; then reads a module whenever a file says its name.
WORKER = '''
import importlib, os, sys, time
import loaded

with open('../starts', 'a') as starts:
    print(loaded.WORDS, sys.argv, os.path.basename(sys.path[0]), __name__, file=starts)
while True:
    with open('../wanted') as wanted:
        name = wanted.read()
    if name and name not in sys.modules:
        importlib.import_module(name)
        open('../has-' + name, 'w').close()
    time.sleep(0.01)
'''


class Telling(InFolder):
    def setUp(self):
        super().setUp()
        self.code = self.folder / 'code'
        (self.folder / 'wanted').touch()
        (self.code / 'worker.py').write_text(WORKER)
        (self.code / 'pack').mkdir()
        for name in ('loaded', 'late', 'never', 'pack/__init__', 'pack/other'):
            (self.code / (name + '.py')).write_text('WORDS = "first"\n')

    def work(self, *options):
        self.start('reload', '--tells', 'yes', *options, '--', sys.executable, str(CONTAINER / 'lib/telling.py'), 'worker.py', 'one', '-v')
        self.started(1)

    def started(self, times):
        eventually(lambda: self.starts() == times)

    def starts(self):
        try:
            return len((self.folder / 'starts').read_text().splitlines())
        except FileNotFoundError:
            return 0

    def save(self, name, words='second'):
        (self.code / name).write_text('WORDS = "%s"\n' % words)

    def want(self, name):
        (self.folder / 'wanted').write_text(name)
        eventually((self.folder / ('has-' + name)).exists)

    def save_unread(self, name):
        """Returns when `reload` has seen it: what it has not read is not to be read from old bytecode later."""
        bytecode = self.code / '__pycache__' / name.replace('.py', '.cpython-0.pyc')
        bytecode.parent.mkdir(exist_ok=True)
        bytecode.touch()
        self.save(name, 'saved before it is read')
        eventually(lambda: not bytecode.exists())

    def test_a_program_goes_on_where_it_has_not_read_what_is_saved_and_starts_again_where_it_has(self):
        self.work()
        starts = (self.folder / 'starts').read_text()
        self.assertEqual(starts, "first ['worker.py', 'one', '-v'] code __main__\n")
        self.save_unread('never.py')
        self.save_unread('late.py')
        self.want('late')
        self.assertEqual(self.starts(), 1)
        self.save('late.py', 'and once more')
        self.started(2)
        self.save('loaded.py', 'mended')
        self.started(3)
        self.assertIn('mended', (self.folder / 'starts').read_text())

    def test_what_it_has_as_bytecode_counts_and_what_is_replaced(self):
        self.work()
        self.save('loaded.py')
        self.started(2)  # from here on it is compiled, or was
        (self.folder / 'new').write_text('WORDS = "replaced"\n')
        os.replace(self.folder / 'new', self.code / 'loaded.py')
        self.started(3)

    def test_a_new_file_a_removed_one_and_a_moved_folder_start_it_whatever_it_has_read(self):
        self.work()
        self.save('fresh.py')
        self.started(2)
        (self.code / 'fresh.py').unlink()
        self.started(3)
        self.save('fresh.py')
        self.started(4)
        (self.code / 'pack').rename(self.folder / 'away')
        self.started(5)

    def test_a_link_on_the_way_to_it_is_no_disguise(self):
        (self.folder / 'code-too').symlink_to(self.code)
        (self.folder / 'library').mkdir()
        (self.folder / 'library' / 'linked.py').write_text('WORDS = "first"\n')
        (self.code / 'linked.py').symlink_to(self.folder / 'library' / 'linked.py')
        self.work('--watch', '../code-too', '--watch', '../library')
        self.save('loaded.py')
        self.started(2)
        self.want('linked')
        (self.folder / 'library' / 'linked.py').write_text('WORDS = "second"\n')
        self.started(3)

    def test_where_files_are_looked_for_it_is_the_same(self):
        (self.folder / 'polling').write_text('a test')
        self.work()
        self.save_unread('never.py')
        self.assertEqual(self.starts(), 1)
        self.save('fresh.py')
        self.started(2)
        self.save('loaded.py', 'saved, longer')
        self.started(3)

    def test_plain_is_plain(self):
        self.environment['DEVENV_RELOAD'] = 'plain'
        self.work()
        self.save('never.py')
        self.started(2)


class Pipe(unittest.TestCase):
    def test_who_cannot_tell_all_counts_as_one_that_has_read_everything(self):
        told = Told()
        self.assertTrue(told.has_read('/code/a.py'), 'nobody tells')
        pipe = told.pipe()
        self.assertTrue(told.has_read('/code/a.py'), 'it has not begun to')
        os.write(pipe, b'/code/a.py\0/code/ha')
        self.assertTrue(told.has_read('/code/a.py'))
        self.assertFalse(told.has_read('/code/half.py'))
        os.write(pipe, b'lf.py\0')
        self.assertTrue(told.has_read('/code/half.py'))
        self.assertFalse(told.has_read('/code/b.py'))
        teller = telling.Told(pipe)
        number = 0
        while teller._pipe is not None:
            number += 1
            teller._note('/code/%0999d.py' % number)
        self.assertGreater(number, 50)
        self.assertTrue(told.has_read('/code/b.py'))

    def test_only_code_that_is_not_of_packages_is_told(self):
        reading, writing = os.pipe()
        teller = telling.Told(writing)
        os.read(reading, 1 << 16)
        for path in ('/code/a.py', b'/code/__pycache__/b.cpython-312.pyc', pathlib.Path('c.py'), '/code/a.html', unittest.__file__, 3, None):
            teller._audit('open', (path, 'r', 0))
        expected = ['/code/a.py', '/code/b.py', os.path.abspath('c.py'), '']
        self.assertEqual(os.read(reading, 1 << 16).decode().split('\0'), expected)
        os.close(reading)


if __name__ == '__main__':
    unittest.main()

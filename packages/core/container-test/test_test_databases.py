"""What devenv's plugin of pytest does beside Django; what it does to Django is in edx-platform.scenario.ts."""
import importlib.util
import os
import pathlib
import sqlite3
import tempfile
import time
import unittest
import unittest.mock

from helpers import eventually

FILE = pathlib.Path(__file__).parent.parent / 'container/pytest/devenv_test_databases.py'
SPEC = importlib.util.spec_from_file_location('devenv_test_databases', FILE)
plugin = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(plugin)


class Databases(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = pathlib.Path(self.folder.name) / 'kept/a.sqlite3'

    def opened(self, *statements):
        database = sqlite3.connect(':memory:')
        self.addCleanup(database.close)
        for statement in statements:
            database.execute(statement)
        database.commit()
        return database

    def test_a_kept_database_is_copied_whole(self):
        plugin.save(self.opened('CREATE TABLE a (b)', 'INSERT INTO a VALUES (7)'), self.file)
        copy = self.opened()
        self.assertTrue(plugin.load(self.file, copy))
        self.assertEqual(copy.execute('SELECT b FROM a').fetchall(), [(7,)])
        copy.execute('INSERT INTO a VALUES (8)')
        again = self.opened()
        plugin.load(self.file, again)
        self.assertEqual(again.execute('SELECT b FROM a').fetchall(), [(7,)])

    def test_nothing_is_taken_from_where_nothing_is(self):
        self.assertFalse(plugin.load(self.file, self.opened()))

    def test_a_damaged_file_is_not_taken_and_goes(self):
        plugin.save(self.opened('CREATE TABLE a (b)', *["INSERT INTO a VALUES ('%0999d')" % i for i in range(99)]), self.file)
        for damage in (lambda content: content[:-5000], lambda content: b'no database at all' + content[18:]):
            whole = self.file.read_bytes()
            self.file.write_bytes(damage(whole))
            self.assertFalse(plugin.load(self.file, self.opened()))
            self.assertFalse(self.file.exists())
            self.file.write_bytes(whole)

    def test_where_nothing_can_be_written_nothing_is_kept_and_nobody_fails(self):
        self.file.parent.write_text('a file in the place of the folder')
        plugin.save(self.opened('CREATE TABLE a (b)'), self.file)
        self.assertEqual(os.listdir(self.folder.name), ['kept'])

    def test_those_that_were_used_last_are_kept(self):
        for number in range(plugin.KEPT + 2):
            file = self.file.with_name(f'{number}.sqlite3')
            plugin.save(self.opened('CREATE TABLE a (b)'), file)
            os.utime(file, (number, number))
        plugin.save(self.opened('CREATE TABLE a (b)'), self.file)
        self.assertEqual(len(os.listdir(self.file.parent)), plugin.KEPT)
        self.assertTrue(self.file.exists())


class Telling(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.terminal = pathlib.Path(folder.name) / 'terminal'
        for name, value in {'TERMINAL': str(self.terminal), 'PATIENCE': 0.05}.items():
            self.addCleanup(setattr, plugin, name, getattr(plugin, name))
            setattr(plugin, name, value)

    def test_who_waits_for_a_migration_is_told_once(self):
        with plugin.telling():
            eventually(self.terminal.exists)
        self.assertIn('later runs take a copy', eventually(self.terminal.read_text))

    def test_where_it_is_quick_or_another_worker_tells_nothing_is_said(self):
        with plugin.telling():
            pass
        with unittest.mock.patch.dict(os.environ, PYTEST_XDIST_WORKER='gw1'), plugin.telling():
            time.sleep(0.2)
        self.assertFalse(self.terminal.exists())


class Texts(unittest.TestCase):
    def test_a_value_has_one_text_in_every_process(self):
        self.assertEqual(plugin.plain({'b': {2, 1}, 'a': (1,)}), plugin.plain({'a': [1], 'b': {1, 2}}))
        self.assertEqual(plugin.plain([object()]), plugin.plain([object()]))
        self.assertEqual(plugin.plain(f'{tempfile.gettempdir()}/a1/media'), plugin.plain(f'{tempfile.gettempdir()}/b2/media'))

    def test_other_values_have_other_texts(self):
        self.assertNotEqual(plugin.plain(['a', 'b']), plugin.plain(['b', 'a']))
        self.assertNotEqual(plugin.plain('1'), plugin.plain(1))


if __name__ == '__main__':
    unittest.main()

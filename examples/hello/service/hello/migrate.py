"""Applies the migrations that the database has not seen, in order: python3 -m hello.migrate"""

import importlib
import pathlib
from importlib import metadata

import pymysql

from hello import database

MIGRATIONS = pathlib.Path(__file__).parent / 'migrations'


def statements(script):
    """The statements of a script; a line that starts with -- is a comment."""
    lines = [line for line in script.splitlines() if not line.lstrip().startswith('--')]
    return [part.strip() for part in '\n'.join(lines).split(';') if part.strip()]


def pending(applied, files):
    """The files that are still to be applied, in the order of their numbers."""
    return [file for file in sorted(files, key=lambda file: file.name) if file.stem not in applied]


def all_migrations():
    """Those of hello, and of libraries: each names its package as an entry point of this group."""
    packages = [point.value for point in metadata.entry_points(group='hello.migrations')]
    brought = [pathlib.Path(importlib.import_module(name).__file__).parent for name in packages]
    return [file for at in [MIGRATIONS, *(each / 'migrations' for each in brought)]
            for file in at.glob('*.sql')]


def main():
    with database.cursor() as cursor:
        cursor.execute(
            'CREATE TABLE IF NOT EXISTS migrations ('
            ' name VARCHAR(200) PRIMARY KEY,'
            ' applied TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)')
        cursor.execute('SELECT name FROM migrations')
        applied = {name for (name,) in cursor.fetchall()}
        todo = pending(applied, all_migrations())
        for file in todo:
            print('applying %s' % file.stem, flush=True)
            for statement in statements(file.read_text(encoding='utf-8')):
                cursor.execute(statement)
            cursor.execute('INSERT INTO migrations (name) VALUES (%s)', [file.stem])
    if not todo:
        print('nothing to migrate')


if __name__ == '__main__':
    main()

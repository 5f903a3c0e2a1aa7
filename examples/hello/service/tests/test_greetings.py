"""What needs no server."""

import pathlib

import pytest

from hello import greetings, migrate


@pytest.mark.parametrize('name, words', [
    ('Ada', 'Hello, Ada!'),
    ('', 'Hello, world!'),
    ('  Ada \n Lovelace ', 'Hello, Ada Lovelace!'),
    ('é' * 100, 'Hello, %s!' % ('é' * 80)),
])
def test_greets_by_name(name, words):
    assert greetings.greeting_for(name) == words


def test_comments_are_no_statements():
    assert migrate.statements('-- a; b\nCREATE x;\n\n  ALTER y;') == ['CREATE x', 'ALTER y']


def test_migrations_are_applied_once_and_in_order():
    files = [pathlib.Path('0010_c.sql'), pathlib.Path('0002_b.sql'), pathlib.Path('0001_a.sql')]
    assert [file.stem for file in migrate.pending({'0001_a'}, files)] == ['0002_b', '0010_c']

import os
import uuid

import pymysql
import pytest

from hello import migrate, settings


@pytest.fixture
def database(monkeypatch):
    """An empty database of its own, migrated; the developer's is left alone.

    Made by the server's administrator: hello's own user may not.
    """
    monkeypatch.setitem(settings.DATABASE, 'user', os.environ.get('TEST_DATABASE_USER', 'root'))
    monkeypatch.setitem(
        settings.DATABASE, 'password', os.environ.get('TEST_DATABASE_PASSWORD', 'devenv'))
    name = 'test_hello_' + uuid.uuid4().hex[:8]
    connection = pymysql.connect(**{**settings.DATABASE, 'database': None}, autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute('CREATE DATABASE %s CHARACTER SET utf8mb4' % name)
        monkeypatch.setitem(settings.DATABASE, 'database', name)
        try:
            migrate.main()
            yield name
        finally:
            cursor.execute('DROP DATABASE %s' % name)
            connection.close()

"""One connection for one piece of work."""

from contextlib import contextmanager

import pymysql

from hello import settings


@contextmanager
def cursor():
    connection = pymysql.connect(
        charset='utf8mb4', connect_timeout=5, autocommit=True, **settings.DATABASE)
    try:
        with connection.cursor() as open_cursor:
            yield open_cursor
    finally:
        connection.close()

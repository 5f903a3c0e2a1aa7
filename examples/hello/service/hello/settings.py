"""What the environment decides, read in one place."""

import os

DATABASE = {
    'host': os.environ.get('HELLO_DATABASE_HOST', 'mysql'),
    'user': os.environ.get('HELLO_DATABASE_USER', 'hello'),
    'password': os.environ.get('HELLO_DATABASE_PASSWORD', 'hello'),
    'database': os.environ.get('HELLO_DATABASE_NAME', 'hello'),
}
REDIS_URL = os.environ.get('HELLO_REDIS_URL', 'redis://redis:6379/0')
# The address under which a browser reaches us: links need it.
URL = os.environ.get('DEVENV_URL', 'http://localhost:8000').rstrip('/')
# Where guestbook answers, where that runs beside us.
GUESTBOOK_URL = os.environ.get('DEVENV_GUESTBOOK_URL')

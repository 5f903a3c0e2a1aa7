"""Programs that a person debugs, and supervisord therefore does not run. `debug` notes them; `answers` and `programs` look."""

import os

DIRECTORY = os.environ.get('DEVENV_DEBUGGED', '/run/devenv/debugged')


def begin(name, pid):
    """For as long as this process is there."""
    os.makedirs(DIRECTORY, exist_ok=True)
    with open(os.path.join(DIRECTORY, name), 'w') as file:
        file.write('%d' % pid)


def is_debugged(name):
    try:
        with open(os.path.join(DIRECTORY, name)) as file:
            return os.path.exists('/proc/%d' % int(file.read()))
    except (OSError, ValueError):
        return False

"""
Several management commands in one process, since each process takes seconds to boot.

    python -m devenv_discovery.commands 'install_es_indexes' 'update_index --disable-change-limit'
"""
import shlex
import sys

import django
from django.core.management import execute_from_command_line

if __name__ == '__main__':
    django.setup()
    for command in sys.argv[1:]:
        print(f'manage.py {command}', flush=True)
        execute_from_command_line(['manage.py', *shlex.split(command)])

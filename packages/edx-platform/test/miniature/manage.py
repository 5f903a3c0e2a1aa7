#!/usr/bin/env python
"""manage.py lms|cms COMMAND…: Django's commands, with the settings of one of the two."""
import os
import sys

if __name__ == '__main__':
    if sys.argv[1:2] not in (['lms'], ['cms']):
        sys.exit('usage: manage.py lms|cms COMMAND…')
    service = sys.argv.pop(1)
    os.environ.setdefault('DJANGO_SETTINGS_MODULE', f'{service}.envs.devstack')
    os.environ.setdefault('SERVICE_VARIANT', service)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)

"""
Registers another service with the LMS, as devstack does: a user of its name; a client by which people sign in to it, and one by
which it calls the LMS itself.

    make oauth-clients NAME=discovery URL=http://localhost:18381 SECRET=…

Safe to repeat. Runs with the LMS's settings.
"""
import sys

import django

django.setup()

# pylint: disable=wrong-import-position
from django.core.management import call_command


def register(name, url, secret):
    call_command('manage_user', name, f'{name}@example.com', '--staff', '--superuser', '--unusable-password')
    client(f'{name}-sso', name, secret, 'authorization-code', '--skip-authorization',
           '--redirect-uris', f'{url}/complete/edx-oauth2/', '--scopes', 'user_id')
    client(f'{name}-backend-service', name, secret, 'client-credentials')


def client(called, user, secret, grant, *words):
    call_command(
        'create_dot_application', called, user, '--update', '--grant-type', grant,
        '--client-id', f'{called}-key', '--client-secret', secret, *words,
    )


if __name__ == '__main__':
    register(*sys.argv[1:])

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from openedx.core.oauth.models import Application


class Command(BaseCommand):
    help = 'Registers an application that signs its users in here.'

    def add_arguments(self, parser):
        parser.add_argument('name')
        parser.add_argument('username')
        parser.add_argument('--grant-type', choices=['authorization-code', 'client-credentials'], required=True)
        parser.add_argument('--redirect-uris', default='')
        parser.add_argument('--client-id', required=True)
        parser.add_argument('--client-secret', required=True)
        parser.add_argument('--scopes', default='')
        parser.add_argument('--skip-authorization', action='store_true')
        parser.add_argument('--update', action='store_true')

    def handle(self, *args, name, username, redirect_uris, client_id, update, **options):
        if not get_user_model().objects.filter(username=username).exists():
            raise CommandError(f'There is no account {username}.')
        if not update and Application.objects.filter(name=name).exists():
            return
        values = {'username': username, 'client_id': client_id, 'redirect_uris': redirect_uris}
        Application.objects.update_or_create(name=name, defaults=values)

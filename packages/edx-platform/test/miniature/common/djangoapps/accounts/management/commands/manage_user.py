from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = 'Creates an account, or changes it to match the options.'

    def add_arguments(self, parser):
        parser.add_argument('username')
        parser.add_argument('email')
        parser.add_argument('--staff', action='store_true')
        parser.add_argument('--superuser', action='store_true')
        parser.add_argument('--unusable-password', action='store_true')

    def handle(self, *args, username, email, staff, superuser, unusable_password, **options):
        rights = {'email': email, 'is_staff': staff, 'is_superuser': superuser}
        user, _ = get_user_model().objects.update_or_create(username=username, defaults=rights)
        if unusable_password:
            user.set_unusable_password()
            user.save()

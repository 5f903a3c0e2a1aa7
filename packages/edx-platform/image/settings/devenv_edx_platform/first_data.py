"""
What a new database needs: the site, a staff account and a learner, Studio's registration at the LMS, states of retirement, and the forum.

Safe to repeat: accounts stay as a developer left them; what follows the address follows it. Runs with the LMS's settings.
"""
import django

django.setup()

# pylint: disable=wrong-import-position
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site
from django.core.management import call_command

from devenv_edx_platform.environment import CMS_URL, LMS_HOST
from devenv_edx_platform.flags import set_flags

ACCOUNTS = {
    'admin': ['--staff', '--superuser'],
    'learner': [],
}
# Discussions by the forum that the LMS has installed, in MySQL: no other service is asked.
FORUM_FLAGS = ['discussions.enable_forum_v2', 'forum_v2.enable_mysql_backend']

if __name__ == '__main__':
    Site.objects.update_or_create(id=settings.SITE_ID, defaults={'domain': LMS_HOST, 'name': LMS_HOST})
    print(f'site {settings.SITE_ID} is {LMS_HOST}')

    for name, rights in ACCOUNTS.items():
        users = get_user_model().objects.filter(username=name)
        if users.exists():
            print(f'{name} is there')
            continue
        call_command('manage_user', name, f'{name}@example.com', *rights)
        user = users.get()
        user.set_password(name)
        user.is_active = True
        user.save()
        print(f'{name} was created, with the password {name}')

    call_command('manage_user', 'studio_worker', 'studio_worker@example.com', '--unusable-password')
    call_command(
        'create_dot_application', 'studio-sso', 'studio_worker',
        '--grant-type', 'authorization-code', '--skip-authorization', '--update',
        '--redirect-uris', f'{CMS_URL}/complete/edx-oauth2/',
        '--client-id', 'studio-sso-key',
        '--client-secret', 'studio-sso-secret',
        '--scopes', 'user_id',
    )
    # The micro-frontend `account` deletes accounts by these states.
    if apps.is_installed('openedx.core.djangoapps.user_api'):
        if not apps.get_model('user_api', 'RetirementState').objects.exists():
            call_command('populate_retirement_states')
    if apps.is_installed('forum'):
        set_flags(FORUM_FLAGS, True, 'discussions need no other service')

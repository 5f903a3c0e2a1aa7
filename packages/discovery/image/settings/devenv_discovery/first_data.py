"""
The site, partner and superuser that a new database needs.

Safe to repeat: what is there stays as a developer left it, but for the site's domain, which follows the address.
"""
from urllib.parse import urlsplit

import django

django.setup()

# pylint: disable=wrong-import-position
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site

from course_discovery.apps.core.models import Partner

if __name__ == '__main__':
    domain = urlsplit(settings.DISCOVERY_BASE_URL).netloc
    site, _ = Site.objects.update_or_create(id=settings.SITE_ID, defaults={'domain': domain})
    print(f'site {site.id} is {domain}')

    _, created = Partner.objects.get_or_create(
        short_code='edx', defaults={'id': settings.DEFAULT_PARTNER_ID, 'name': 'edX', 'site': site},
    )
    print('partner edx was created' if created else 'partner edx is there')

    user = get_user_model()
    if user.objects.filter(username='admin').exists():
        print('superuser admin is there')
    else:
        user.objects.create_superuser('admin', 'admin@example.com', 'admin')
        print('superuser admin was created, with the password admin')

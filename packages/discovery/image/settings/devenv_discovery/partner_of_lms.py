"""
Has the partner read courses from the LMS that runs beside this service: python -m devenv_discovery.partner_of_lms LMS STUDIO

Safe to repeat. Both addresses are those for servers.
"""
import sys

import django

django.setup()

# pylint: disable=wrong-import-position
from django.conf import settings
from django.core.management import call_command

from course_discovery.apps.core.models import Partner

if __name__ == '__main__':
    [_, lms, studio] = sys.argv
    partner = Partner.objects.get(id=settings.DEFAULT_PARTNER_ID)
    call_command(
        'create_or_update_partner',
        '--site-id', str(partner.site_id),
        '--site-domain', partner.site.domain,
        '--code', partner.short_code,
        '--name', partner.name,
        '--lms-url', lms,
        '--studio-url', studio,
        '--courses-api-url', f'{lms}/api/courses/v1/',
        '--lms-coursemode-api-url', f'{lms}/api/course_modes/v1/',
        '--organizations-api-url', f'{lms}/api/organizations/v0/',
    )
    print(f'partner {partner.short_code} reads courses from {lms}')

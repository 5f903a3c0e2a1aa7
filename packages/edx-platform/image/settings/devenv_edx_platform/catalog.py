"""
Has the LMS read courses and programs from discovery, which runs beside it.

Safe to repeat. Runs with the LMS's settings.
"""
import django

django.setup()

# pylint: disable=wrong-import-position
from django.conf import settings
from django.core.management import call_command

from openedx.core.djangoapps.catalog.models import CatalogIntegration
from openedx.core.djangoapps.programs.models import ProgramsApiConfig
from openedx.core.djangoapps.site_configuration.models import SiteConfiguration

if __name__ == '__main__':
    integration = CatalogIntegration.current()
    # By this user the LMS asks discovery.
    user = integration.service_username
    call_command('manage_user', user, f'{user}@example.com', '--staff', '--unusable-password')
    for config in (integration, ProgramsApiConfig.current()):
        if not config.enabled:
            config.enabled = True
            config.save()
        print(f'{type(config).__name__} is enabled')

    # `cache_programs` asks for the sites that have this.
    site, _ = SiteConfiguration.objects.get_or_create(site_id=settings.SITE_ID, defaults={'enabled': True})
    site.site_values = {**site.site_values, 'COURSE_CATALOG_API_URL': settings.COURSE_CATALOG_API_URL}
    site.enabled = True
    site.save()
    print(f'programs come from {settings.COURSE_CATALOG_API_URL}')

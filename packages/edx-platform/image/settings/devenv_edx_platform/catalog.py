"""
Has the LMS read courses and programs from discovery, which runs beside it.

Safe to repeat. Runs with the LMS's settings.
"""
import django

django.setup()

# pylint: disable=wrong-import-position
from django.core.management import call_command

from openedx.core.djangoapps.catalog.models import CatalogIntegration
from openedx.core.djangoapps.programs.models import ProgramsApiConfig

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

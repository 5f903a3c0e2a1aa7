"""The settings' addresses: which become this environment's, and which that of a page about an absent service."""
import os
import unittest
from unittest.mock import patch

from helpers import INSIDE, LMS
from devenv_edx_platform.services import redirect


def redirected(**settings):
    redirect(settings, LMS, INSIDE)
    return settings


class Addresses(unittest.TestCase):
    def test_a_service_of_devstack_that_is_not_here_leads_to_the_page_about_it(self):
        found = redirected(COMMENTS_SERVICE_URL='http://edx.devstack.forum:4567')
        self.assertEqual(found, {'COMMENTS_SERVICE_URL': f'{INSIDE}/devenv/absent/forum'})

    def test_what_a_browser_follows_leads_to_the_address_that_the_browser_has(self):
        found = redirected(CREDENTIALS_PUBLIC_SERVICE_URL='http://localhost:18150')
        self.assertEqual(found, {'CREDENTIALS_PUBLIC_SERVICE_URL': f'{LMS}/devenv/absent/credentials'})

    @patch.dict(os.environ, {
        'DEVENV_DISCOVERY_URL': 'http://localhost:23500', 'DEVENV_DISCOVERY_SERVER': 'http://discovery:18381',
    })
    def test_a_service_that_runs_beside_the_lms_is_called_by_its_name_and_opened_by_its_port(self):
        found = redirected(
            COURSE_CATALOG_API_URL='http://edx.devstack.discovery:18381/api/v1', DISCOVERY_PUBLIC_URL='http://localhost:18381',
        )
        self.assertEqual(found, {
            'COURSE_CATALOG_API_URL': 'http://discovery:18381/api/v1', 'DISCOVERY_PUBLIC_URL': 'http://localhost:23500',
        })

    def test_the_path_stays(self):
        found = redirected(ECOMMERCE_API_URL='http://edx.devstack.ecommerce:18130/api/v2')
        self.assertEqual(found, {'ECOMMERCE_API_URL': f'{INSIDE}/devenv/absent/ecommerce/api/v2'})

    def test_the_lms_by_devstacks_name_is_this_one(self):
        found = redirected(ENTERPRISE_BACKEND_OAUTH2_URL='http://edx.devstack.lms:18000/oauth2')
        self.assertEqual(found, {'ENTERPRISE_BACKEND_OAUTH2_URL': f'{INSIDE}/oauth2'})

    def test_a_service_that_no_table_knows_has_a_page_as_well(self):
        found = redirected(
            A_URL='http://edx.devstack.new-thing:19000/x', B_URL='http://127.0.0.1:19001', C_URL='http://localhost',
        )
        self.assertEqual(found['A_URL'], f'{INSIDE}/devenv/absent/edx.devstack.new-thing-19000/x')
        self.assertEqual(found['B_URL'], f'{INSIDE}/devenv/absent/127.0.0.1-19001')
        self.assertEqual(found['C_URL'], f'{INSIDE}/devenv/absent/localhost')

    def test_dicts_lists_and_tuples_are_gone_through(self):
        found = redirected(XQUEUE_INTERFACE={'url': 'http://localhost:18040', 'auth': ('a', 'http://localhost:18040')})
        page = f'{INSIDE}/devenv/absent/xqueue'
        self.assertEqual(found, {'XQUEUE_INTERFACE': {'url': page, 'auth': ('a', page)}})

    def test_a_value_in_which_nothing_changes_stays_the_object_that_it_is(self):
        class Path(str):
            pass
        root = Path('/edx/app')
        self.assertIs(redirected(REPO_ROOT=root)['REPO_ROOT'], root)

    def test_permissions_and_issuers_are_no_addresses(self):
        settings = {
            'CSRF_TRUSTED_ORIGINS': ['http://localhost:1999'],
            'LOGIN_REDIRECT_WHITELIST': ['http://localhost:2001'],
            'JWT_AUTH': {'JWT_ISSUER': 'http://localhost:18000/oauth2'},
        }
        self.assertEqual(redirected(**settings), settings)

    def test_public_addresses_servers_here_and_what_was_redirected_stay(self):
        settings = {
            'HELP_URL': 'https://docs.openedx.org/x',
            'BROKER_URL': 'redis://redis:6379/0',
            'A_URL': LMS,
            'B_URL': f'{INSIDE}/devenv/absent/forum',
        }
        self.assertEqual(redirected(**settings), settings)


if __name__ == '__main__':
    unittest.main()

"""What discovery's settings say of the LMS: python3 -m unittest discover -s packages/discovery/image-test"""
import os
import sys
import unittest
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'image' / 'settings'))
from devenv_discovery.lms import with_lms  # pylint: disable=wrong-import-position

BESIDE = {
    'DEVENV_EDX_PLATFORM_URL': 'http://localhost:23410',
    'DEVENV_EDX_PLATFORM_SERVER': 'http://edx-platform:18000',
    'DISCOVERY_LMS_SECRET': 'only ours',
}


def settings():
    """As upstream's, as far as they matter here."""
    return {
        'SOCIAL_AUTH_EDX_OAUTH2_SECRET': 'discovery-sso-secret',
        'JWT_AUTH': {'JWT_AUDIENCE': None, 'JWT_ISSUERS': [{'AUDIENCE': 'lms-key', 'ISSUER': 'x', 'SECRET_KEY': 'y'}]},
    }


class TheLms(unittest.TestCase):
    def test_is_none_where_none_runs_beside(self):
        found = settings()
        with_lms(found)
        self.assertEqual(found, settings())

    @patch.dict(os.environ, BESIDE)
    def test_is_asked_by_its_name_and_opened_by_its_port(self):
        found = settings()
        with_lms(found)
        self.assertEqual(found['SOCIAL_AUTH_EDX_OAUTH2_URL_ROOT'], 'http://edx-platform:18000')
        self.assertEqual(found['SOCIAL_AUTH_EDX_OAUTH2_PUBLIC_URL_ROOT'], 'http://localhost:23410')
        self.assertEqual(found['BACKEND_SERVICE_EDX_OAUTH2_PROVIDER_URL'], 'http://edx-platform:18000/oauth2')

    @patch.dict(os.environ, BESIDE)
    def test_signs_by_the_address_that_it_has_for_browsers(self):
        found = settings()
        with_lms(found)
        self.assertEqual(found['JWT_AUTH']['JWT_ISSUER'], 'http://localhost:23410/oauth2')
        self.assertEqual(found['JWT_AUTH']['JWT_ISSUERS'], [
            {'AUDIENCE': 'lms-key', 'ISSUER': 'http://localhost:23410/oauth2', 'SECRET_KEY': 'y'},
        ])
        self.assertEqual(found['JWT_AUTH']['JWT_AUTH_COOKIE'], 'edx-jwt-cookie_23410')

    @patch.dict(os.environ, BESIDE)
    def test_shares_a_secret_with_it_that_nobody_else_has(self):
        found = settings()
        with_lms(found)
        self.assertEqual(found['SOCIAL_AUTH_EDX_OAUTH2_SECRET'], 'only ours')
        self.assertEqual(found['BACKEND_SERVICE_EDX_OAUTH2_SECRET'], 'only ours')


if __name__ == '__main__':
    unittest.main()

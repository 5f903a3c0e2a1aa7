"""Micro-frontends: where the LMS's settings say they are, and what those ask the LMS for."""
import unittest
from unittest.mock import patch

from helpers import LMS
from devenv_edx_platform import mfe

AUTHN = 'http://localhost:24001/authn'
STUDIO = 'http://localhost:23411'


def settings_beside(**variables):
    """Settings of an LMS that is told these variables."""
    beside = mfe.beside(variables)
    present = {name: beside[mfe.application_of(name)] for name in mfe.MFES if mfe.application_of(name) in beside}
    settings = {'CSRF_TRUSTED_ORIGINS': ['http://upstream'], 'JWT_AUTH': {'JWT_AUTH_COOKIE_HEADER_PAYLOAD': 'jwt_23410'},
                'LANGUAGE_COOKIE_NAME': 'language', 'MFE_CONFIG': {'INFO_EMAIL': 'a@b.c'}}
    with patch.multiple(mfe, BESIDE=beside, PRESENT=present, URLS=sorted({*beside.values(), *present.values()})):
        mfe.with_mfes(settings, LMS)
        return settings, mfe.configuration(settings, LMS, STUDIO), mfe.overrides()


class Beside(unittest.TestCase):
    def test_one_beside_answers_below_the_path_of_its_name(self):
        found = mfe.beside({
            'DEVENV_FRONTEND_APP_LEARNER_DASHBOARD_URL': 'http://localhost:24002',
            'DEVENV_FRONTEND_APP_LEARNER_DASHBOARD_URL_8080': 'http://localhost:24002',
            'DEVENV_FRONTEND_APP_LEARNER_DASHBOARD_SERVER': 'http://frontend-app-learner-dashboard:8080',
            'DEVENV_DISCOVERY_URL': 'http://localhost:24003',
        })
        self.assertEqual(found, {'learner-dashboard': 'http://localhost:24002/learner-dashboard'})

    def test_one_server_has_those_that_it_names_but_for_one_that_runs_from_its_checkout(self):
        told = {
            'DEVENV_FRONTENDS_URL': 'http://localhost:24010',
            'DEVENV_FRONTENDS_SERVER': 'http://frontends:8080',
            'DEVENV_FRONTENDS_PARTS': 'authn learner-dashboard',
        }
        static = {'authn': 'http://localhost:24010/authn', 'learner-dashboard': 'http://localhost:24010/learner-dashboard'}
        self.assertEqual(mfe.beside(told), static)
        self.assertEqual(mfe.beside({**told, 'DEVENV_FRONTEND_APP_AUTHN_URL': 'http://localhost:24001'}),
                         {**static, 'authn': AUTHN})

    def test_settings_name_it_and_a_page_for_each_that_is_absent(self):
        settings, _, _ = settings_beside(DEVENV_FRONTEND_APP_AUTHN_URL='http://localhost:24001')
        self.assertEqual(settings['AUTHN_MICROFRONTEND_URL'], AUTHN)
        self.assertEqual(settings['AUTHN_MICROFRONTEND_DOMAIN'], 'localhost:24001/authn')
        self.assertEqual(settings['LEARNING_MICROFRONTEND_URL'], f'{LMS}/devenv/absent/learning')

    def test_it_may_ask_and_a_browser_may_be_sent_there(self):
        settings, _, _ = settings_beside(DEVENV_FRONTEND_APP_AUTHN_URL='http://localhost:24001')
        self.assertEqual(settings['CORS_ORIGIN_WHITELIST'], ['http://localhost:24001'])
        self.assertEqual(settings['CSRF_TRUSTED_ORIGINS'], ['http://upstream', 'http://localhost:24001'])
        self.assertEqual(settings['LOGIN_REDIRECT_WHITELIST'], ['localhost:24001'])

    def test_so_may_one_that_no_table_knows(self):
        settings, _, overrides = settings_beside(DEVENV_FRONTEND_APP_NEW_URL='http://localhost:24009')
        self.assertEqual(settings['LOGIN_REDIRECT_WHITELIST'], ['localhost:24009'])
        self.assertEqual(overrides, {'new': {'BASE_URL': 'http://localhost:24009/new'}})

    def test_the_name_in_a_table_may_differ_from_that_of_the_application(self):
        settings, _, overrides = settings_beside(DEVENV_FRONTEND_APP_INSTRUCTOR_DASHBOARD_URL='http://localhost:24004')
        self.assertEqual(settings['INSTRUCTOR_MICROFRONTEND_URL'], 'http://localhost:24004/instructor-dashboard')
        self.assertEqual([*overrides], ['instructor-dashboard'])

    def test_behind_that_of_profiles_upstream_puts_a_name(self):
        settings, told, _ = settings_beside(DEVENV_FRONTEND_APP_PROFILE_URL='http://localhost:24005')
        self.assertEqual(settings['PROFILE_MICROFRONTEND_URL'], 'http://localhost:24005/profile/u')
        self.assertEqual(told['ACCOUNT_PROFILE_URL'], 'http://localhost:24005/profile')


class Told(unittest.TestCase):
    def test_addresses_and_cookies_are_those_of_this_environment(self):
        _, told, _ = settings_beside(DEVENV_FRONTEND_APP_LEARNING_URL='http://localhost:24006')
        self.assertLessEqual({
            'LMS_BASE_URL': LMS,
            'STUDIO_BASE_URL': STUDIO,
            'LOGIN_URL': f'{LMS}/login',
            'REFRESH_ACCESS_TOKEN_ENDPOINT': f'{LMS}/login_refresh',
            'ACCESS_TOKEN_COOKIE_NAME': 'jwt_23410',
            'LANGUAGE_PREFERENCE_COOKIE_NAME': 'language',
            'LEARNING_BASE_URL': 'http://localhost:24006/learning',
        }.items(), told.items())

    def test_what_the_checkout_says_besides_stays(self):
        _, told, _ = settings_beside()
        self.assertEqual(told['INFO_EMAIL'], 'a@b.c')

    def test_what_its_settings_do_not_know_is_left_out(self):
        _, told, _ = settings_beside()
        self.assertNotIn('SITE_NAME', told)


class Named(unittest.TestCase):
    def test_others_are_named_with_their_addresses(self):
        self.assertEqual(mfe.parse('authn=http://localhost:1999/ learning=http://localhost:2000'),
                         {'authn': 'http://localhost:1999', 'learning': 'http://localhost:2000'})

    def test_one_that_there_is_none_of_is_refused_with_those_that_there_are(self):
        with self.assertRaisesRegex(ValueError, 'no micro-frontend "lerning".*learning'):
            mfe.parse('lerning=http://localhost:2000')


if __name__ == '__main__':
    unittest.main()

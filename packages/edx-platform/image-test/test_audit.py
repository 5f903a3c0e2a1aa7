"""dev.settings: what of upstream's settings is lost in ours, and which addresses nobody answers."""
import socket
import unittest

from helpers import LMS
from devenv_edx_platform.audit import addresses, answers, lost


class Lost(unittest.TestCase):
    def test_a_key_of_a_dict_that_was_replaced_as_a_whole(self):
        upstream = {'CACHES': {'default': {'LOCATION': 'a', 'KEY_FUNCTION': 'safe'}, 'general': {}}}
        ours = {'CACHES': {'default': {'LOCATION': 'b'}}}
        self.assertEqual(lost(upstream, ours), ['CACHES.general', 'CACHES.default.KEY_FUNCTION'])

    def test_a_setting(self):
        self.assertEqual(lost({'A': 1, 'B': 2}, {'B': 3}), ['A'])

    def test_an_item_of_a_list(self):
        self.assertEqual(lost({'MIDDLEWARE': ['a', 'b']}, {'MIDDLEWARE': ['c']}), ['MIDDLEWARE: 2 items, ours 1'])

    def test_nothing_where_only_values_differ_or_ours_has_more(self):
        self.assertEqual(lost({'A': {'b': 1}, 'C': [1]}, {'A': {'b': 2, 'd': 3}, 'C': [4, 5]}), [])

    def test_nothing_of_what_is_left_out_on_purpose(self):
        upstream = {'DATABASES': {'default': {}, 'read_replica': {}}, 'ALLOWED_HOSTS': ['*', 'localhost']}
        self.assertEqual(lost(upstream, {'DATABASES': {'default': {}}, 'ALLOWED_HOSTS': ['*']}), [])


class Addresses(unittest.TestCase):
    def found(self, **settings):
        return list(addresses(settings))

    def test_urls_hosts_with_a_port_and_dicts_with_a_host(self):
        self.assertEqual(self.found(URL='http://localhost:8000/x'), [('URL', 'localhost', 8000)])
        self.assertEqual(self.found(BROKER='redis://user:word@redis/0'), [('BROKER', 'redis', 6379)])
        self.assertEqual(self.found(LOCATION=['memcached:11211']), [('LOCATION', 'memcached', 11211)])
        self.assertEqual(self.found(DB={'default': {'HOST': 'mysql', 'PORT': '3306'}}), [('DB.default', 'mysql', 3306)])
        self.assertEqual(self.found(STORE={'host': 'mongo'}), [('STORE', 'mongo', 0)])

    def test_devstacks_hosts_though_they_have_dots(self):
        self.assertEqual(self.found(ES=[{'host': 'edx.devstack.es', 'port': 9200}]), [('ES', 'edx.devstack.es', 9200)])

    def test_no_public_hosts_nor_what_nobody_calls(self):
        self.assertEqual(self.found(
            DOCS='https://docs.openedx.org/x', EMAIL={'host': 'smtp.example.com', 'port': 25}, NOTHING={'host': ''},
            CSRF_TRUSTED_ORIGINS=['http://localhost:1999'],
        ), [])


class Answers(unittest.TestCase):
    def test_who_listens_and_nobody_else(self):
        with socket.create_server(('127.0.0.1', 0)) as server:
            port = server.getsockname()[1]
            self.assertTrue(answers('localhost', port))
        answers.cache_clear()
        self.assertFalse(answers('localhost', port))

    def test_the_lms_by_the_address_that_only_a_browser_has(self):
        self.assertTrue(answers('localhost', int(LMS.rpartition(':')[2])))


if __name__ == '__main__':
    unittest.main()

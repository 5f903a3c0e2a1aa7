"""The page about a program that is not here."""
import sys
import types
import unittest
from unittest.mock import patch

from helpers import LMS

KEY = 'course-v1:Dev+D1+r1'


class Block:
    def __init__(self, name, *children):
        self.display_name_with_default, self.location, self.children = name, f'block-v1:{name}', children

    def get_children(self):
        return self.children


def platform(course):
    """What the page asks of the platform, as modules."""
    class InvalidKeyError(Exception):
        pass

    class CourseKey:
        @staticmethod
        def from_string(text):
            if text != KEY:
                raise InvalidKeyError
            return text

    store = types.SimpleNamespace(get_course=lambda key, depth: course)
    http = types.SimpleNamespace(HttpResponseNotFound=None, HttpResponseRedirect=None)
    html = types.SimpleNamespace(escape=lambda text: text.replace('<', '&lt;'))
    return {
        'django': types.SimpleNamespace(), 'django.conf': types.SimpleNamespace(settings=None), 'django.http': http,
        'django.utils': types.SimpleNamespace(), 'django.utils.html': html,
        'opaque_keys': types.SimpleNamespace(InvalidKeyError=InvalidKeyError),
        'opaque_keys.edx': types.SimpleNamespace(), 'opaque_keys.edx.keys': types.SimpleNamespace(CourseKey=CourseKey),
        'xmodule': types.SimpleNamespace(), 'xmodule.modulestore': types.SimpleNamespace(),
        'xmodule.modulestore.django': types.SimpleNamespace(modulestore=lambda: store),
    }


class Absent(unittest.TestCase):
    def page(self, name, rest, course=None):
        with patch.dict(sys.modules, platform(course)):
            sys.modules.pop('devenv_edx_platform.absent', None)
            from devenv_edx_platform import absent
            return absent._page(name, rest, '/asked')

    def test_from_a_dashboard_learning_leads_to_each_unit_as_the_lms_shows_it(self):
        course = Block('Course', Block('One', Block('A', Block('<u1>'), Block('u2'))), Block('Two', Block('B')))
        page = self.page('learning', f'course/{KEY}/home', course)
        self.assertIn(f'<li><a href="{LMS}/xblock/block-v1:%3Cu1%3E">One / A / &lt;u1></a><li>', page)
        self.assertIn('One / A / u2', page)
        self.assertNotIn('Two', page)

    def test_what_is_no_course_or_has_no_unit_is_no_obstacle(self):
        for rest, course in (('course/demonstration', None), (f'course/{KEY}/home', None), (f'course/{KEY}', Block('Course')), ('', None)):
            page = self.page('learning', rest, course)
            self.assertIn('learning is not running', page)
            self.assertNotIn('The units', page)

    def test_it_tells_how_to_have_it_with_a_clone_and_without(self):
        page = self.page('profile', 'u/learner')
        self.assertIn('make dev.watch WITH=frontends@RELEASE', page)
        self.assertIn('make dev.watch WITH=../frontend-app-profile', page)


if __name__ == '__main__':
    unittest.main()

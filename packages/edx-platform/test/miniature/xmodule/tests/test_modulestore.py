from uuid import uuid4

from xmodule.modulestore import modulestore


def test_what_is_kept_is_found():
    courses = modulestore()[f'courses_{uuid4().hex}']
    try:
        courses.insert_one({'name': 'Demonstration'})
        assert courses.find_one({})['name'] == 'Demonstration'
    finally:
        courses.drop()

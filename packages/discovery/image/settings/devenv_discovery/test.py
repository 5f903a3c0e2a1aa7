"""The checkout's test settings, with two differences: where artifacts are, and whose indexes the tests delete."""
from course_discovery.settings.test import *
from devenv_discovery.paths import with_artifacts

with_artifacts(globals())

# The tests delete their indexes at the end. Upstream calls one of them as the development server does its own, and
# without xdist (-n0) it would be the developer's that is deleted.
ELASTICSEARCH_INDEX_NAMES = {
    document: name if name.startswith('test_') else f'test_{name}'
    for document, name in ELASTICSEARCH_INDEX_NAMES.items()
}

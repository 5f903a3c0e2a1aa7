import subprocess
import sys
import unittest

from helpers import CONTAINER, InFolder


class Installed(InFolder):
    """What an image has installed, by names that are the same in every image."""

    def names(self, *paths):
        packages = self.folder / 'lib/python3.12/site-packages'
        for path in paths:
            file = packages / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        pattern = '%s/lib/python3*/site-packages/**/migrations/*.py' % self.folder
        listed = subprocess.run(
            [sys.executable, CONTAINER / 'bin/installed', pattern], check=True, capture_output=True, text=True)
        return listed.stdout.splitlines()

    def test_migrations_of_packages_are_named_by_their_paths_among_them(self):
        self.assertEqual(
            self.names('waffle/migrations/0002_flag.py', 'waffle/migrations/0001_initial.py', 'waffle/models.py'),
            ['waffle/migrations/0001_initial.py', 'waffle/migrations/0002_flag.py'])

    def test_applications_of_tests_are_left_out(self):
        self.assertEqual(
            self.names(
                'contest/migrations/0001_initial.py',
                'guardian/testapp/migrations/0001_initial.py',
                'parler_example/parler_test_app/migrations/0001_initial.py',
                'release_util/tests/migrations/0001_initial.py',
                'simple_history/registry_tests/migration_test_app/migrations/0001_initial.py',
                'taxonomy/migrations/0001_test_of_skills.py',
                'tests/migrations/0001_initial.py'),
            ['contest/migrations/0001_initial.py', 'taxonomy/migrations/0001_test_of_skills.py'])


if __name__ == '__main__':
    unittest.main()

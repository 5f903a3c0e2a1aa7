"""tree: a checkout laid out again with links."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from helpers import IMAGE

TREE = IMAGE / 'assets/tree'

FILES = [
    'cms/static/js/studio.js',
    'common/static/common/js/notice.js',
    'common/static/common/js/vendor/.gitkeep',
    'lms/templates/login.html',
    'xmodule/js/src/sequence.js',
]
# The platform's own links, by which its static files lead to each other.
LINKS = {
    'cms/static/common': '../../common/static/common',
    'cms/static/xmodule_js': '../../xmodule/js',
    'common/static/edx-ui-toolkit/js': '../../../node_modules/edx-ui-toolkit/src/js',
    'lms/static/templates': '../templates',
    'lms/static/xmodule_js': '../../xmodule/js',
    'xmodule/js/common_static': '../../common/static',
}


class Tree(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix='image-test-')
        self.addCleanup(temporary.cleanup)
        self.checkout = Path(temporary.name, 'checkout')
        self.tree = Path(temporary.name, 'tree')
        for name in FILES:
            self.save(name)
        for name, leads in LINKS.items():
            self.link(name, leads)
        # In an image this is a link to npm's packages.
        (self.tree / 'node_modules/edx-ui-toolkit/src/js').mkdir(parents=True)

    def save(self, name, text=''):
        path = self.checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def link(self, name, leads):
        path = self.checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(leads)

    def begin(self, folder=None):
        return subprocess.Popen(
            [sys.executable, TREE, self.tree], cwd=folder or self.checkout, stderr=subprocess.PIPE, text=True,
        )

    def lay_out(self):
        running = self.begin()
        _, said = running.communicate()
        self.assertEqual((running.returncode, said), (0, ''))

    def real(self, name):
        """Where a path of the tree leads: `tree/…` or `checkout/…`."""
        return str((self.tree / name).resolve(strict=True).relative_to(self.tree.parent))

    def hanging(self):
        return [
            os.path.join(folder, name)
            for folder, folders, files in os.walk(self.tree)
            for name in (*folders, *files)
            if not os.path.exists(os.path.join(folder, name))
        ]


class Layout(Tree):
    def test_what_is_built_lands_in_the_tree(self):
        self.lay_out()
        for folder in ('common/static/bundles', 'common/static/common/js/vendor', 'lms/static/css', 'cms/static/js/i18n'):
            self.assertEqual(self.real(folder), f'tree/{folder}')
        self.assertEqual(self.real('cms/static/common/js/vendor'), 'tree/common/static/common/js/vendor')
        self.assertEqual(sorted(path.name for path in (self.checkout / 'lms/static').iterdir()), ['templates', 'xmodule_js'])

    def test_all_else_is_the_checkouts(self):
        self.lay_out()
        for file in ('cms/static/js/studio.js', 'common/static/common/js/notice.js', 'lms/templates/login.html'):
            self.assertEqual(self.real(file), f'checkout/{file}')
        self.assertEqual(self.real('cms/static/common/js/notice.js'), 'checkout/common/static/common/js/notice.js')

    def test_no_link_hangs_also_not_one_to_npms_packages_through_other_links(self):
        self.lay_out()
        self.assertEqual(self.hanging(), [])
        toolkit = 'tree/node_modules/edx-ui-toolkit/src/js'
        self.assertEqual(self.real('common/static/edx-ui-toolkit/js'), toolkit)
        self.assertEqual(self.real('lms/static/xmodule_js/common_static/edx-ui-toolkit/js'), toolkit)

    def test_a_folder_whose_links_lead_to_what_the_checkout_has_is_one_link(self):
        self.save('common/static/sass/_mixins.scss')
        self.link('lms/static/sass/_mixins.scss', '../../../common/static/sass/_mixins.scss')
        self.save('lms/static/sass/bootstrap/lms-main.scss')
        self.lay_out()
        self.assertEqual(self.real('lms/static/sass'), 'checkout/lms/static/sass')

    def test_a_link_that_leads_up_by_a_detour_leads_to_the_trees(self):
        self.link('openedx/feature/bundles', './../../common/static/bundles')
        self.lay_out()
        self.assertEqual(self.real('openedx/feature/bundles'), 'tree/common/static/bundles')

    def test_it_refuses_to_lay_out_what_is_no_checkout(self):
        running = self.begin(folder=self.checkout / 'lms')
        _, said = running.communicate()
        self.assertEqual((running.returncode, said), (1, 'tree: run this in the root of a checkout\n'))


class Again(Tree):
    def setUp(self):
        super().setUp()
        self.lay_out()

    def entries(self):
        return {path: path.lstat().st_mtime_ns for path in self.tree.rglob('*')}

    def test_twice_changes_nothing(self):
        before = self.entries()
        self.lay_out()
        self.assertEqual(self.entries(), before)

    def test_a_new_file_is_there(self):
        self.save('lms/static/js/new.js')
        self.save('openedx/new.py')
        self.lay_out()
        self.assertEqual(self.real('lms/static/js/new.js'), 'checkout/lms/static/js/new.js')
        self.assertEqual(self.real('openedx/new.py'), 'checkout/openedx/new.py')

    def test_a_removed_file_is_gone(self):
        (self.checkout / 'cms/static/js/studio.js').unlink()
        self.lay_out()
        self.assertFalse(os.path.lexists(self.tree / 'cms/static/js/studio.js'))

    def test_a_removed_folder_is_gone_though_it_was_laid_out(self):
        self.link('openedx/feature/static/bundles', '../../../common/static/bundles')
        self.lay_out()
        self.assertEqual(self.real('openedx/feature/static/bundles'), 'tree/common/static/bundles')
        (self.checkout / 'openedx/feature/static/bundles').unlink()
        (self.checkout / 'openedx/feature/static').rmdir()
        (self.checkout / 'openedx/feature').rmdir()
        (self.checkout / 'openedx').rmdir()
        self.lay_out()
        self.assertFalse(os.path.lexists(self.tree / 'openedx'))
        self.assertEqual(self.hanging(), [])

    def test_what_was_built_stays_also_where_no_list_names_it(self):
        built = ['common/static/bundles/login.js', 'lms/static/new/built.css']
        for name in built:
            (self.tree / name).parent.mkdir(exist_ok=True)
            (self.tree / name).write_text('built')
        self.lay_out()
        self.assertEqual([(self.tree / name).read_text() for name in built], ['built', 'built'])

    def test_another_branch_without_a_link_has_that_folder_linked_again(self):
        (self.checkout / 'xmodule/js/common_static').unlink()
        self.lay_out()
        self.assertTrue((self.tree / 'xmodule').is_symlink())
        self.assertEqual(self.real('xmodule/js/src/sequence.js'), 'checkout/xmodule/js/src/sequence.js')

    def test_another_branch_with_a_link_more_has_that_folder_laid_out(self):
        self.link('lms/templates/common', '../../common/static/common')
        self.lay_out()
        self.assertEqual(self.real('lms/templates/common/js/vendor'), 'tree/common/static/common/js/vendor')

    def test_another_branch_whose_link_leads_elsewhere(self):
        (self.checkout / 'cms/static/common').unlink()
        self.link('cms/static/common', '../../lms/static')
        self.lay_out()
        self.assertEqual(self.real('cms/static/common'), 'tree/lms/static')


class AtOnce(Tree):
    def test_programs_that_begin_together_all_find_it_laid_out(self):
        for number in range(300):
            self.save(f'lms/static/js/{number}.js')
        running = [self.begin() for _ in range(6)]
        self.assertEqual([(one.communicate()[1], one.returncode) for one in running], [('', 0)] * len(running))
        self.assertEqual(self.hanging(), [])


if __name__ == '__main__':
    unittest.main()

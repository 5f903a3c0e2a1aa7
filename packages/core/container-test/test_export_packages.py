import io
import json
import os
import subprocess
import sys
import tarfile
import unittest

from helpers import CONTAINER, InFolder


class ExportPackages(InFolder):
    def export(self):
        command = [sys.executable, str(CONTAINER / 'bin' / 'export-packages')]
        environment = {**os.environ, 'PYTHONPATH': str(self.folder / 'lib')}
        archive = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
            return {member.name: opened.extractfile(member).read() for member in opened.getmembers()}

    def write(self, name, content):
        file = self.folder / 'lib' / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def test_modules_and_stubs_come_along_and_nothing_that_no_editor_reads(self):
        self.write('parts/__init__.py', b'one = 1\n')
        self.write('parts/tests/factories.py', b'two = 2\n')
        self.write('parts/stub.pyi', b'three: int\n')
        self.write('parts/py.typed', b'')
        self.write('parts/_fast.cpython-39-x86_64-linux-gnu.so', b'\x7fELF' * 1000)
        self.write('parts/__pycache__/x.py', b'')
        self.write('parts/locale/de.mo', b'words')
        exported = self.export()
        paths = json.loads(exported['paths'])
        self.assertEqual(paths[0], str(self.folder / 'lib'))
        prefix = paths[0].lstrip('/') + '/parts/'
        self.assertEqual(
            {name[len(prefix):]: content for name, content in exported.items() if name.startswith(prefix)},
            {'__init__.py': b'one = 1\n', 'tests/factories.py': b'two = 2\n', 'stub.pyi': b'three: int\n', 'py.typed': b'',
             '_fast.cpython-39-x86_64-linux-gnu.so': b''})

    def test_pythons_own_modules_stay(self):
        paths = json.loads(self.export()['paths'])
        self.assertNotIn(os.path.dirname(os.__file__), paths)
        self.assertNotIn(str(CONTAINER / 'bin'), paths)


if __name__ == '__main__':
    unittest.main()

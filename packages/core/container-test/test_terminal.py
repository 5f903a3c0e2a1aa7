import subprocess
import unittest

from helpers import CONTAINER, InFolder


class Terminal(InFolder):
    def test_a_terminal_that_nobody_knows_has_a_name_that_is_known(self):
        (self.folder / 'code' / 'x').mkdir()
        (self.folder / 'code' / 'x' / 'xterm-mine').touch()
        script = '. "$0/lib/terminal.sh"; name_terminal "$PWD"; echo "$TERM"'
        for name, named in (('xterm-mine', 'xterm-mine'), ('xterm-unheard-of', 'xterm-256color'), ('', '')):
            command = ['sh', '-uc', script, str(CONTAINER)]
            said = subprocess.run(command, cwd=self.folder / 'code', env={'TERM': name}, stdout=subprocess.PIPE, text=True)
            self.assertEqual(said.stdout, named + '\n')


if __name__ == '__main__':
    unittest.main()

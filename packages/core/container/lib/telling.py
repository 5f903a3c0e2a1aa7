"""telling.py SCRIPT WORD…: a script of Python, as ever, which tells `reload` which code it reads (devenv_checkpoint/told.py).
Runs under the service's own Python."""

import os
import runpy
import sys

from devenv_checkpoint import told

told.begin()
sys.argv = sys.argv[1:]
sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name='__main__')

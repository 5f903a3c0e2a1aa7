"""preload.py VERB …: runs programs of Python in processes that have their installed packages already. Runs under the service's
own Python, 3.8 or later, so with nothing but its standard library; `reload` starts it (devenv_container/preload.py).

  note FILE PROGRAM…       runs the program, and notes in FILE which modules it imports
  learn FILE               which of these can be imported ahead, as FILE asks (devenv_preload/learn.py)
  try                      … tried in a process of its own
  serve FILE               the parent of programs (devenv_preload/parent.py)

PROGRAM is a script or `-m MODULE`, and its arguments.
"""

import sys

AT_THE_START = frozenset(sys.modules)
HERE = sys.path.pop(0)


def main(verb, *words):
    """Returns what runs the program, in a process that shall become one."""
    if verb == 'note':
        from devenv_preload import noted, program

        noted.begin(words[0])
        return program.ready(words[1:], forget=program.imported_since(AT_THE_START))
    if verb == 'learn':
        from devenv_preload import learn

        return learn.main(*words)
    if verb == 'try':
        from devenv_preload import trial

        return trial.main()
    if verb == 'serve':
        from devenv_preload import parent

        return parent.main(AT_THE_START, *words)
    sys.exit(__doc__)


sys.path.insert(0, HERE)
run = main(*sys.argv[1:])
del main, HERE, AT_THE_START
if run:
    run()

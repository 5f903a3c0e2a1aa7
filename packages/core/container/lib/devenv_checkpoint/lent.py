"""
In a process that goes on from where a server was set up: becomes another program, a worker, that has the same settings
(devenv_container/lending.py). It says on its connection to the one who asked

    {pid: PID}     that it is there
    {code: CODE}   with what it ends, where no signal ends it
"""

import atexit
import os
import runpy
import sys
import threading
import traceback

from devenv_container.lines import say


def join(asked):
    """Takes the group, the priority, the folder and the environment of the one who asked. Raises OSError where it cannot."""
    os.chdir(asked['directory'])
    os.setpgid(0, asked['group'])
    os.setpriority(os.PRIO_PROCESS, 0, asked['nice'])
    os.environ.update(asked['environment'])


def run(script, connection):
    """As `python SCRIPT WORD…` does; ends this process."""
    if not say(connection, pid=os.getpid()):
        os._exit(0)  # who asked has gone
    sys.argv = script
    sys.path[0] = os.path.dirname(os.path.abspath(script[0]))
    try:
        runpy.run_path(script[0], run_name='__main__')
        code = 0
    except SystemExit as error:
        code = code_of(error.code)
    except BaseException:
        traceback.print_exc()
        code = 1
    # As Python does at its end, without going back to what called for the set-up.
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    say(connection, code=code)
    os._exit(code)


def code_of(wanted):
    """What `sys.exit(wanted)` ends with."""
    if wanted is None:
        return 0
    if isinstance(wanted, int):
        return wanted & 0xff
    print(wanted, file=sys.stderr)
    return 1

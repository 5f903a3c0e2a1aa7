"""
In a process that goes on from where a server was set up: becomes another program, a worker, that has the same settings
(devenv_container/lending.py). It says on its connection to the one who asked

    {pid: PID}     that it is there
    {code: CODE}   with what it ends, where no signal ends it

and is killed when that one has gone.
"""

import atexit
import fcntl
import os
import runpy
import signal
import sys
import threading
import traceback

from devenv_container.lines import say

OF_SERVER = ('LISTEN_', 'DEVENV_', 'SUPERVISOR_')


def join(asked):
    """Takes the group, the priority, the folder and the environment of the one who asked. Raises OSError where it cannot."""
    os.chdir(asked['directory'])
    os.setpgid(0, asked['group'])
    os.setpriority(os.PRIO_PROCESS, 0, asked['nice'])
    for name in [name for name in os.environ if name.startswith(OF_SERVER) and name not in asked['environment']]:
        del os.environ[name]
    os.environ.update(asked['environment'])


def run(script, folder, connection):
    """As `python SCRIPT WORD…` does; ends this process. `folder`: the entry of `sys.path` that was of the server's script."""
    end_with(connection)
    if not say(connection, pid=os.getpid()):
        os._exit(0)  # who asked has gone
    sys.argv = script
    # Where it stands by now: what was put before it, and after it, stays.
    sys.path[:] = [os.path.dirname(os.path.abspath(script[0])) if entry is folder else entry for entry in sys.path]
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


def end_with(connection):
    """Has the kernel kill this process when the other end has gone, also after an `exec` of its own: nobody else would know of it."""
    os.set_inheritable(connection.fileno(), True)
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(connection, fcntl.F_SETFL, fcntl.fcntl(connection, fcntl.F_GETFL) | os.O_ASYNC)


def code_of(wanted):
    """What `sys.exit(wanted)` ends with."""
    if wanted is None:
        return 0
    if isinstance(wanted, int):
        return wanted & 0xff
    print(wanted, file=sys.stderr)
    return 1

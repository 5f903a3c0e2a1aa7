"""
Has debugpy listen in a Python program that `with-debugger` runs: Python imports a module of this name at its start, from the first
folder of its path that has one. Later programs, which this one starts, are told nothing: two cannot listen at one port.
"""

import os
import sys
import time

HERE = os.path.dirname(__file__)
PATIENCE = 10  # seconds in which the program before this one, with the same port, comes to its end


def leave():
    """What was set for us is gone, and the module that we hid is found."""
    sys.path[:] = [folder for folder in sys.path if folder != HERE]
    rest = [folder for folder in os.environ.get('PYTHONPATH', '').split(':') if folder not in ('', HERE)]
    os.environ.pop('PYTHONPATH', None)
    if rest:
        os.environ['PYTHONPATH'] = ':'.join(rest)
    ours = sys.modules.pop('sitecustomize', None)
    try:
        import sitecustomize  # noqa: F401  pylint: disable=unused-import,import-self
    except ImportError:
        # Whoever imports this one looks for it there when it ends, and complains.
        sys.modules['sitecustomize'] = ours
    return os.environ.pop('DEVENV_DEBUG_PORT', None), os.environ.pop('DEVENV_DEBUG_WAIT', None)


def listen(port, wait):
    # Beside the packages of the service, which may pin another one.
    os.environ.setdefault('PYDEVD_DISABLE_FILE_VALIDATION', '1')  # a warning about Python's own modules
    sys.path.append('/opt/debugpy')
    try:
        import debugpy
    except ImportError:
        fail('this image has no debugpy')
    finally:
        sys.path.remove('/opt/debugpy')
    debugpy.configure(python=sys.executable)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            debugpy.listen(('127.0.0.1', port))
            break
        except RuntimeError as error:
            if time.monotonic() > until:
                fail('port %d: %s' % (port, error))
            time.sleep(0.2)
    if wait:
        print('with-debugger: waiting for an editor at port %d' % port, file=sys.stderr, flush=True)
        debugpy.wait_for_client()


def fail(why):
    # Python takes what is raised here for its own.
    print('with-debugger: %s' % why, file=sys.stderr, flush=True)
    os._exit(1)


def is_program(words):
    """What make or a shell asks of Python on the way is no program to debug, nor what coverage does before and after one."""
    while words and words[0].startswith('-') and words[0] != '-c':
        words = words[1:]
    name = os.path.basename(words[0]) if words else ''
    return name != '-c' and (name != 'coverage' or words[1:2] == ['run'])


port, wait = leave()
if port and is_program(sys.orig_argv[1:]):
    listen(int(port), wait)

"""Runs a program as Python would run it that had just been started (https://docs.python.org/3/using/cmdline.html)."""

import os
import sys

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def imported_since(before):
    return [name for name in sys.modules if name not in before]


def ready(words, forget):
    """
    A function that runs it. `sys` has all that the program looks at.
    @param words a script, or `-m` and a module, and the arguments
    @param forget modules that are ours, not the program's
    """
    module = words[1] if words[0] == '-m' else None
    if module is None:
        script = os.path.abspath(words[0]) if sys.version_info >= (3, 9) else words[0]
        arguments, folder = list(words), os.path.dirname(os.path.realpath(words[0]))
    else:
        arguments, folder = ['-m', *words[2:]], os.getcwd()
    sys.path.remove(HERE)
    sys.path.insert(0, folder) if not getattr(sys.flags, 'safe_path', False) else None
    sys.argv[:] = arguments
    if hasattr(sys, 'orig_argv'):
        sys.orig_argv[:] = [sys.orig_argv[0], *words]
    for name in forget:
        sys.modules.pop(name, None)
    main = type(sys)('__main__')
    main.__builtins__ = __builtins__ if isinstance(__builtins__, type(sys)) else sys.modules['builtins']
    sys.modules['__main__'] = main
    if module is not None:
        return lambda: run_module(module)
    return lambda: run_script(script, main)


def run_module(name):
    import runpy

    runpy._run_module_as_main(name)


def run_script(file, main):
    loader = type(__spec__.loader)('__main__', file)
    vars(main).update(__file__=file, __cached__=None, __loader__=loader, __doc__=None)
    if sys.version_info < (3, 14):
        main.__annotations__ = {}
    try:
        with open(file, 'rb') as script:
            source = script.read()
        exec(compile(source, file, 'exec', dont_inherit=True), vars(main))
    except (SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:
        # The traceback begins in the program.
        trace = error.__traceback__.tb_next
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        sys.exit(1)

"""
Imports modules one by one, and leaves out those that a parent of programs must not have imported, because of what each was seen
to do. Reads on its standard input, as JSON, {names, allowed, barred, code, without}; prints {modules, found, loaded, reads, left_out}:

    names      in the order in which a program imports them
    allowed    those that may be imported, be it by one of them
    barred     those that the program imports from elsewhere than the installed packages
    code       folders that hold no installed packages, whatever their names
    without    names of variables of the environment that are not set here, although they are for the program

    modules    those to import, in their order
    found      all that has to be found then; what imports one that fails may go on without it
    loaded     all that is imported then
    reads      the variables that each reads, with a digest of the value
    left_out   the others, each with the reason

Before it imports a few, the process forks. Where they go well, the child goes on and the parent ends; where one does not, another
child imports those before it, and goes on behind it. So whoever goes on has imported nothing that is left out:

    ── fork ──► a, b, c ── fork ──► d, e ✗
                           fork ──► d ── fork ──► f ──► …
"""

import hashlib
import importlib
import json
import os
import random
import select
import signal
import sys
import threading
from importlib.machinery import PathFinder

from devenv_preload import installed, noted

PATIENCE = 30.0  # seconds that one import may take
MOST = 64  # modules that are imported between two forks


def main():
    given = json.load(sys.stdin)
    values = dict(os.environ)
    for name in given['without']:
        os.environ.pop(name, None)
    print(json.dumps(Trial(given, values).run()), flush=True)
    os._exit(0)


def digest(value):
    """Of a variable's value, which may be secret."""
    return None if value is None else hashlib.sha256(value.encode(errors='surrogateescape')).hexdigest()[:16]


class Trial:
    def __init__(self, given, values):
        self._names = given['names']
        self._values = values
        self._reads = {}  # module: {variable: digest of its value}
        self._left_out = {}  # module: why
        self._faults = []  # what the import at hand was seen to do
        self._finder = Finder(given, self._faults)
        self._before = frozenset(sys.modules)

    def run(self):
        self._watch()
        waiting = [name for name in self._names if name not in self._before]
        few = 1
        while waiting:
            if waiting[0] in sys.modules or not self._can_be_tried(waiting[0]):
                waiting.pop(0)
                continue
            well, fault = self._forked(waiting[:few])
            if fault is None:
                waiting, few = waiting[few:], min(2 * few, MOST)
            elif well:
                few = well
            else:
                self._left_out[waiting.pop(0)] = fault
                few = 1
        well = set(self._names) & set(sys.modules)
        well.update(name for name in self._before if name.rpartition('.')[0] in well and is_second_name(name))
        return {
            'modules': [name for name in self._names if name in well],
            'found': sorted(self._finder.found | well),
            'loaded': sorted(set(sys.modules) - self._before | well),
            'reads': self._reads,
            'left_out': self._left_out,
        }

    def _can_be_tried(self, name):
        """Without a process of its own: what is not there, or is part of what was left out, is not imported."""
        package = name.rpartition('.')[0]
        return not package or package in sys.modules

    def _forked(self, names):
        """
        (how many went well, what was wrong with the next one): in the parent, where one does not. Where all do, only a child returns, and
        has imported them.
        """
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            os.close(reader)
            for number, name in enumerate(names):
                os.write(writer, b'.')
                fault = None if name in sys.modules or not self._can_be_tried(name) else self._fault_of(name)
                if fault:
                    os.write(writer, fault.encode(errors='replace')[:1000])
                    os._exit(0)
            os.write(writer, b'!')
            os.close(writer)
            return number, None
        os.close(writer)
        told = b''
        while not told.endswith(b'!') and select.select([reader], [], [], PATIENCE)[0]:
            data = os.read(reader, 1000)
            told += data
            if not data:
                break
        else:
            if told.endswith(b'!'):
                os._exit(0)
            told += b'takes longer than %d s' % PATIENCE
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        fault = told.lstrip(b'.')
        return len(told) - len(fault) - 1, fault.decode(errors='replace') or 'ends the process'

    def _fault_of(self, name):
        del self._faults[:]
        before = state()
        try:
            importlib.import_module(name)
        except BaseException as error:  # pylint: disable=broad-except
            return self._faults[0] if self._faults else '%s: %s' % (type(error).__name__, error)
        after = state()
        changed = [what for what in after if after[what] != before[what]]
        if changed:
            return changed[0]
        return self._faults[0] if self._faults else None

    def _watch(self):
        sys.meta_path.insert(0, self._finder)
        sys.argv = Watched(self._faults, 'reads the command line')
        os.getpid = self._flagging(os.getpid, 'asks for the number of the process')
        seed = random.Random.seed

        def seeded(generator, a=None, *rest):
            if a is None:
                self._faults.append('begins a sequence of random numbers')
            return seed(generator, a, *rest)

        random.Random.seed = seeded
        self._watch_environment()
        sys.addaudithook(self._audit)

    def _flagging(self, function, what):
        def flagging():
            self._faults.append(what)
            return function()

        return flagging

    def _watch_environment(self):
        kind = type(os.environ)
        get, each = kind.__getitem__, kind.__iter__

        def read(environment, name):
            self._note(name)
            return get(environment, name)

        def read_all(environment):
            self._faults.append('reads the whole environment')
            return each(environment)

        kind.__getitem__, kind.__iter__ = read, read_all

    def _note(self, name):
        value, here = self._values.get(name), os.environ._data.get(os.environ.encodekey(name))
        if (value is None) != (here is None):
            self._faults.append('reads %s' % name)
        self._reads.setdefault(importing(), {})[name] = digest(value)

    def _audit(self, event, arguments):
        if event in ('os.putenv', 'os.unsetenv'):
            self._faults.append('changes the environment')
        elif event == 'open' and isinstance(arguments[0], (str, bytes)):
            path = os.path.abspath(os.fsdecode(arguments[0]))
            writes = arguments[2] & (os.O_WRONLY | os.O_RDWR) and '/__pycache__/' not in path and path != os.devnull
            if writes:
                self._faults.append('writes %s' % path)
            elif self._finder.is_code(path):
                self._faults.append('reads %s' % path)


def is_second_name(name):
    """Whether a module has another one, too, as importlib._bootstrap has; nobody looks for such a one."""
    return any(other != name and module is sys.modules[name] for other, module in list(sys.modules.items()))


class Finder:
    """Finds installed modules only; to look for others is a fault of whoever does."""

    def __init__(self, given, faults):
        self._allowed, self._barred = frozenset(given['allowed']), frozenset(given['barred'])
        self.found = set()
        self._code = tuple(folder.rstrip('/') + '/' for folder in given['code'])
        self._faults = faults
        self._installed = installed.roots()

    def is_code(self, path):
        return path.startswith(self._code) and not path.startswith(self._installed)

    def find_spec(self, name, path=None, target=None):
        if name in self._barred:
            self._fail(name, 'imports %s, which is not installed' % name)
        spec = noted.find(sys.meta_path, self, name, path, target)
        if spec is None:
            if path is None and PathFinder.find_spec(name, list(self._code)):
                self._fail(name, 'imports %s, which is not installed' % name)
            return None
        if not (noted.place_of(spec) or self._installed[0]).startswith(self._installed):
            self._fail(name, 'imports %s, which is not installed' % name)
        if name not in self._allowed:
            self._fail(name, 'imports %s, which the program does not' % name)
        self.found.add(name)
        return spec

    def _fail(self, name, why):
        self._faults.append(why)
        raise ModuleNotFoundError('No module named %r' % name, name=name)


class Watched(list):
    """A list that tells when anybody looks into it."""

    def __init__(self, faults, what):
        super().__init__([''])
        self._tell = lambda: faults.append(what)

    def _told(name):  # noqa: N805  pylint: disable=no-self-argument
        method = getattr(list, name)

        def telling(self, *words):
            self._tell()
            return method(self, *words)

        return telling

    for _name in ('__getitem__', '__iter__', '__len__', '__contains__', '__eq__', 'index', 'copy', '__add__'):
        locals()[_name] = _told(_name)


def importing():
    """The module whose import runs the code at hand."""
    frame = sys._getframe(1)
    while frame:
        if frame.f_code.co_name == '<module>':
            return frame.f_globals.get('__name__', '')
        frame = frame.f_back
    return ''


def state():
    """What a parent's children would share with it, or miss; by what a module does that changes it."""
    return {
        'leaves a thread': len(os.listdir('/proc/self/task')),
        'leaves a file or a socket open': open_files(),
        'leaves a process': is_parent(),
        'handles signals': [signal.getsignal(number) for number in signal.valid_signals()],
        'sets a timer': signal.getitimer(signal.ITIMER_REAL),
        'goes to another folder': os.getcwd(),
        'changes sys.path': list(sys.path),
        'traces': (sys.gettrace(), sys.getprofile()),
        'prepares threads': threading.active_count(),
    }


def open_files():
    found = os.listdir('/proc/self/fd')
    return sorted(number for number in found if os.path.lexists('/proc/self/fd/' + number))  # less that of the list


def is_parent():
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return True
    except ChildProcessError:
        return False

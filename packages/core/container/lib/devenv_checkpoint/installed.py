"""Which files are those of installed packages and of Python itself, those of the modules at hand, and their states."""

import glob
import os
import site
import sys
import sysconfig

# Where attached libraries are (bin/libraries): it is read when Python starts.
LIBRARIES = os.path.join(os.environ.get('DEVENV_LIBRARIES_STATE', '/run/devenv/libraries'), 'paths')


def roots():
    """The folders that hold installed packages, and Python's own modules."""
    paths = sysconfig.get_paths()
    found = {paths['stdlib'], paths['platstdlib'], *site_folders()}
    # Of a virtual environment these name its own folder; Python's own modules are where it was made from.
    found.add(os.path.dirname(os.__file__))
    found.update(path for path in sys.path if path.endswith('lib-dynload'))
    return tuple(sorted(folder.rstrip('/') + '/' for folder in found))


def site_folders():
    paths = sysconfig.get_paths()
    found = {paths['purelib'], paths['platlib'], *site.getsitepackages()}
    found.update(path for path in sys.path if path.rstrip('/').endswith(('/site-packages', '/dist-packages')))
    return sorted(folder for folder in found if os.path.isdir(folder))


def state_of(path):
    """What differs when a file was changed, or replaced; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_size]


def fingerprint():
    """The state of what says which packages are installed: their folders, and what Python reads there when it starts."""
    files = [path for folder in site_folders() for path in (folder, *glob.glob(os.path.join(glob.escape(folder), '*.pth')))]
    files += [os.path.join(sys.prefix, 'pyvenv.cfg'), LIBRARIES]
    return {path: state_of(path) for path in files}


def modules_of(paths):
    """The names of those that were imported from one of these files."""
    return [name for name, file in files_of_modules().items() if file in paths]


def files_of_modules():
    """Name to file of each module that is imported, and has one."""
    # Not by getattr: a module may import others when it is asked for what it has not. Nor by isinstance, which believes what something
    # says that stands for a module, such as a library of cffi.
    modules = {name: module for name, module in list(sys.modules.items()) if issubclass(type(module), type(sys))}
    files = {name: object.__getattribute__(module, '__dict__').get('__file__') for name, module in modules.items()}
    return {name: file for name, file in files.items() if isinstance(file, str)}

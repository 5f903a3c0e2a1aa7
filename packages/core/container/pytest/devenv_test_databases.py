"""
A plugin of pytest for Django: a test database is migrated once, and copied from then on.

Django makes a test database by its command `migrate` (django/db/backends/base/creation.py, 4.2 to 5.2). What came of that is kept
in a file which is named after all that it came of: migrations and what they import, models, settings, installed packages.
A run with the same takes a copy of it, and migrates nothing. With SQLite only, for whose databases a copy takes
milliseconds; other servers are migrated as ever, and so is everything with pytest-django's --create-db.
"""
import contextlib
import hashlib
import importlib.util
import os
import pathlib
import re
import sqlite3
import sys
import tempfile
import threading
import time
import weakref

# Of the environment, and shared by its containers (packages/core/src/environment/project/plan-project.ts).
FOLDER = pathlib.Path('/var/lib/devenv/cache/test-databases')
# Branches and services that somebody goes back and forth between.
KEPT = 8
# pytest keeps what is printed meanwhile to itself.
TERMINAL = '/dev/tty'
PATIENCE = 3  # seconds, until a person is told why nothing happens


def pytest_configure(config):
    # pytest-django has brought it along by now, where these are tests of Django.
    if 'django' in sys.modules:
        from django.db.backends.sqlite3.creation import DatabaseCreation

        DatabaseCreation.create_test_db = keeping(
            DatabaseCreation.create_test_db, again=config.getoption('create_db', False)
        )


def keeping(create, again):
    """Django's method, with a `migrate` in it that takes a copy where there is one."""

    def create_test_db(self, *args, **options):
        from django.core import management

        call = management.call_command

        def call_command(command, *words, **settings):
            if command != 'migrate':
                return call(command, *words, **settings)
            self.connection.ensure_connection()
            database, file = self.connection.connection, FOLDER / f'{fingerprint(self.connection)}.sqlite3'
            if not again and load(file, database):
                return None
            with telling():
                outcome = call(command, *words, **settings)
            save(database, file)
            return outcome

        management.call_command = call_command
        try:
            return create(self, *args, **options)
        finally:
            management.call_command = call

    return create_test_db


@contextlib.contextmanager
def telling():
    """Says on the terminal, where there is one, that what takes long is done once; of several workers one says it."""
    timer = threading.Timer(PATIENCE, tell)
    timer.daemon = True
    if os.environ.get('PYTEST_XDIST_WORKER', 'gw0') == 'gw0':
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def tell():
    with contextlib.suppress(OSError), open(TERMINAL, 'w') as terminal:
        terminal.write('\ndevenv: a test database is migrated, which may take minutes; later runs take a copy of it\n')


def load(file, database):
    """Whether the whole file was copied into the database."""
    try:
        with sqlite3.connect(f'file:{file}?mode=ro', uri=True) as kept:
            if kept.execute('PRAGMA quick_check').fetchone() != ('ok',):
                raise sqlite3.DatabaseError('damaged')
            kept.backup(database)
        os.utime(file)
        return True
    except (OSError, sqlite3.OperationalError):
        return False
    except sqlite3.DatabaseError:
        file.unlink(missing_ok=True)
        return False


def save(database, file):
    """Keeps the database in a file, in one step; where nothing can be written, there is none."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        number, unfinished = tempfile.mkstemp(dir=file.parent, suffix='.tmp')
        os.close(number)
        try:
            with sqlite3.connect(unfinished) as kept:
                database.backup(kept)
            os.replace(unfinished, file)
        except BaseException:
            os.unlink(unfinished)
            raise
        by_use = sorted(file.parent.glob('*.sqlite3'), key=used, reverse=True)
        # Of somebody who was killed.
        abandoned = [each for each in file.parent.glob('*.tmp') if used(each) < time.time() - 3600]
        for old in by_use[KEPT:] + abandoned:
            old.unlink(missing_ok=True)
    except (OSError, sqlite3.Error):
        pass


def used(file):
    return file.stat().st_mtime


def fingerprint(connection):
    """A hash of all that a migrated database comes of."""
    import django
    from django.apps import apps
    from django.conf import settings
    from django.db.models.signals import post_migrate, pre_migrate

    digest = hashlib.sha256()
    for part in (
        [sys.version_info, django.VERSION, sqlite3.sqlite_version, connection.alias, connection.settings_dict['TEST']],
        [(name, getattr(settings, name)) for name in sorted(dir(settings)) if name.isupper()],
        [signature(model, connection) for model in apps.get_models(include_auto_created=True)],
        [migrations_of(app.label) for app in apps.get_app_configs()],
        [source_of(module) for module in sorted(receivers_of(pre_migrate) | receivers_of(post_migrate))],
    ):
        digest.update(plain(part).encode())
    return digest.hexdigest()[:32]


def signature(model, connection):
    """What `migrate` makes of a model that has no migrations; and what it tells those who listen of any."""
    meta = model._meta
    fields = [
        (field.column, field.db_parameters(connection), field.null, field.unique, field.db_index,
         getattr(field.remote_field, 'model', None), getattr(field, 'db_constraint', None))
        for field in meta.local_concrete_fields
    ]
    return [meta.label, meta.db_table, meta.managed, meta.proxy, meta.verbose_name, meta.permissions,
            meta.default_permissions, meta.unique_together, [index.deconstruct() for index in meta.indexes],
            [constraint.deconstruct() for constraint in meta.constraints], fields]


def migrations_of(label):
    """Every file beside an app's migrations, and the modules that they import, models aside: those are hashed by themselves."""
    from django.db.migrations.loader import MigrationLoader

    module, _ = MigrationLoader.migrations_module(label)
    spec = None if module is None else importlib.util.find_spec(module)
    files = sorted(
        file
        for folder in (spec and spec.submodule_search_locations) or []
        for file in pathlib.Path(folder).rglob('*')
        if file.is_file() and '__pycache__' not in file.parts
    )
    contents = [(file, file.read_bytes()) for file in files]
    imported = {name.decode() for _, content in contents for name in IMPORT.findall(content)}
    return [module, [(str(file), hashlib.sha256(content).hexdigest()) for file, content in contents],
            [source_of(name) for name in sorted(imported) if not name.endswith('.models')]]


IMPORT = re.compile(rb'^(?:from|import) ([\w.]+)', re.MULTILINE)


def source_of(module):
    """What tells one state of a module's file from another."""
    file = getattr(sys.modules.get(module), '__file__', None)
    if file is None:
        return [module]
    if 'site-packages' in file:
        status = os.stat(file)
        return [module, file, status.st_size, status.st_mtime_ns]
    return [module, hashlib.sha256(pathlib.Path(file).read_bytes()).hexdigest()]


def receivers_of(signal):
    """The modules of those who listen; by a weak reference, or by themselves."""
    functions = [entry[1]() if isinstance(entry[1], weakref.ReferenceType) else entry[1] for entry in signal.receivers]
    return {function.__module__ for function in functions if function is not None}


ADDRESS = re.compile(r' at 0x[0-9a-f]+')


def plain(value):
    """A text that is the same in each process: no order of sets, no addresses, no temporary folders."""
    if isinstance(value, dict):
        return '{' + ','.join(sorted(f'{plain(key)}:{plain(item)}' for key, item in value.items())) + '}'
    if isinstance(value, (set, frozenset)):
        return '{' + ','.join(sorted(plain(item) for item in value)) + '}'
    if isinstance(value, (list, tuple)):
        return '[' + ','.join(plain(item) for item in value) + ']'
    text = ADDRESS.sub('', repr(value))
    return re.sub(re.escape(tempfile.gettempdir()) + r'[^\'"]*', '', text)

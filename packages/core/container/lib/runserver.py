"""runserver.py manage.py runserver --noreload …: Django's development server on a socket that
`reload --listen` holds, so that requests wait while it starts again. Without such a socket it is
manage.py, as ever. Runs under the service's own Python:

    reload --listen 0.0.0.0:8000 -- python /opt/devenv/lib/runserver.py manage.py runserver --noreload 0.0.0.0:8000

With `--checkpoints yes` too, the next server may go on from a moment at which Django was set up (devenv_checkpoint).

After a save somebody waits for the answer: what Django checks before it serves is checked after the first one, and before the second.

Django's server is wsgiref's with threads and static files on top; only the two steps in which wsgiref
opens its socket are replaced, so all else stays Django's.
"""

import functools
import os
import runpy
import signal
import socket
import socketserver
import sys
import threading
import traceback

import devenv_checkpoint
from devenv_checkpoint import told

LISTEN_FD = 3  # sd_listen_fds(3)
CHECKS = 30.0  # seconds that a request waits for them at most: one of them might ask this server

exit_code = 0


def adopt():
    """Has the next server that would bind take the socket that was handed down."""
    handed_down = os.environ.get('LISTEN_FDS') == '1' and os.environ.get('LISTEN_PID') == str(os.getpid())
    saved = os.environ.pop('DEVENV_SAVED', None)
    # Not for the children of this process, nor for the requests: wsgiref copies what it finds when imported.
    os.environ.pop('LISTEN_FDS', None)
    os.environ.pop('LISTEN_PID', None)
    if not handed_down:
        return
    from wsgiref.simple_server import WSGIServer

    def server_bind(server):
        server.socket.close()
        server.socket = socket.socket(fileno=LISTEN_FD)
        os.set_inheritable(LISTEN_FD, False)
        server.server_address = server.socket.getsockname()
        server.server_name, server.server_port = server.server_address[:2]
        server.setup_environ()

    def server_activate(server):  # listens already, with a longer queue
        if saved:
            load_urls()

    if saved:
        check_later()
    finish_requests()
    WSGIServer.server_bind = server_bind
    WSGIServer.server_activate = server_activate


def load_urls():
    """Imports what the first request would, that waits for it in any case. What cannot be imported ends the server here, with its
    file and line. In a request, each middleware would answer for it with a page of its own: that took the LMS minutes."""
    try:
        from django.urls import get_resolver
    except ImportError:
        return  # manage.py says it better

    try:
        _ = get_resolver().url_patterns
    except OSError:  # Django would take it for one of the socket
        traceback.print_exc()
        sys.exit(1)


def finish_requests():
    """Has TERM end the server when nobody waits for an answer any more. While the signal is handled, nothing
    is accepted: that is the new server's. A connection counts from when it is accepted until its first
    answer, and later while it has a request; kept alive without one, it does not hold the end up."""
    from wsgiref.handlers import BaseHandler

    waiting, idle, thread = [0], threading.Condition(), threading.local()

    def count(step):
        with idle:
            waiting[0] += step
            idle.notify_all()

    accept, serve = socketserver.ThreadingMixIn.process_request, socketserver.ThreadingMixIn.process_request_thread
    answer, take = BaseHandler.run, socketserver.BaseServer._handle_request_noblock
    accepting, told_to_end = threading.Lock(), threading.Event()

    def process_request(server, *request):
        count(1)
        accept(server, *request)

    def process_request_thread(server, *request):
        thread.fresh = True
        try:
            serve(server, *request)
        finally:
            if thread.fresh:
                count(-1)

    def run(handler, application):
        fresh, thread.fresh = getattr(thread, 'fresh', False), False
        if not fresh:
            count(1)
        try:
            answer(handler, application)
        finally:
            count(-1)

    def finish(*_):
        if accepting.locked():
            return told_to_end.set()  # what is being accepted has to be counted first
        with idle:
            idle.wait_for(lambda: not waiting[0])
        os._exit(exit_code)

    def take_next(server):
        with accepting:
            take(server)
        if told_to_end.is_set():
            finish()

    socketserver.BaseServer._handle_request_noblock = take_next
    socketserver.ThreadingMixIn.process_request = process_request
    socketserver.ThreadingMixIn.process_request_thread = process_request_thread
    BaseHandler.run = run
    signal.signal(signal.SIGTERM, finish)


def fail():
    """Ends as TERM does, but as what has failed."""
    global exit_code
    exit_code = 1
    os.kill(os.getpid(), signal.SIGTERM)


def check_later():
    """Puts off what `runserver` checks before it serves: the system, and whether migrations are to be applied. What is found is
    printed as ever, and an error ends the server, though after the answers that are on their way."""
    from wsgiref.handlers import BaseHandler

    try:
        from django.core.checks.registry import registry
        from django.core.management.base import BaseCommand, SystemCheckError
    except ImportError:
        return  # manage.py says it better
    put_off, answer, first, checked = [], BaseHandler.run, threading.Lock(), threading.Event()
    checked.set()

    def putting_off(method):
        def check(command, *args, **kwargs):
            if not type(command).__module__.endswith('.runserver'):
                return method(command, *args, **kwargs)
            put_off.append((functools.partial(method, command, *args, **kwargs), registry.registered_checks.copy()))

        return check

    def check_all():
        from django.db import connections

        registered = registry.registered_checks
        try:
            for check, registry.registered_checks in put_off:  # not what the first request has imported: no boot checks that
                check()
        except SystemCheckError as error:
            print('SystemCheckError: %s' % error, file=sys.stderr, flush=True)
            fail()
        except BaseException:
            traceback.print_exc()
            fail()
        finally:
            registry.registered_checks = registered
            connections.close_all()
            checked.set()

    def run(handler, application):
        checked.wait(CHECKS)
        answer(handler, application)
        if first.acquire(blocking=False):
            checked.clear()
            threading.Thread(target=check_all, name='checks').start()

    BaseHandler.run = run
    BaseCommand.check, BaseCommand.check_migrations = map(putting_off, (BaseCommand.check, BaseCommand.check_migrations))


def adopt_when_set_up(checkpoints):
    """The same, but later: in each server that goes on from a moment at which Django was set up."""
    try:
        import django
        from django.apps import AppConfig
    except ImportError:
        return  # manage.py says it better
    setup, create, import_models = django.setup, AppConfig.create.__func__, AppConfig.import_models

    @functools.wraps(create)
    def create_one(*args, **kwargs):
        config = create(*args, **kwargs)
        checkpoints.pass_by()
        return config

    @functools.wraps(import_models)
    def import_more(*args, **kwargs):
        import_models(*args, **kwargs)
        checkpoints.pass_by()

    @functools.wraps(setup)
    def set_up(*args, **kwargs):
        AppConfig.create, AppConfig.import_models = classmethod(create_one), import_more
        try:
            setup(*args, **kwargs)
        finally:
            AppConfig.create, AppConfig.import_models = classmethod(create), import_models
        django.setup = setup
        checkpoints.reach()
        adopt()

    django.setup = set_up


sys.argv = sys.argv[1:]
sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
offered = devenv_checkpoint.offered(told.begin())
if offered:
    adopt_when_set_up(offered)
else:
    adopt()
runpy.run_path(sys.argv[0], run_name='__main__')

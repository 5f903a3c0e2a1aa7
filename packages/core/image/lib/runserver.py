"""runserver.py manage.py runserver --noreload …: Django's development server on a socket that
`reload --listen` holds, so that requests wait while it starts anew. Without such a socket it is
manage.py, as ever. Runs under the service's own Python:

    reload --listen 0.0.0.0:8000 -- python /opt/devenv/lib/runserver.py manage.py runserver --noreload 0.0.0.0:8000

Django's server is wsgiref's with threads and static files on top; only the two steps in which wsgiref
opens its socket are replaced, so all else stays Django's.
"""

import os
import runpy
import socket
import sys

LISTEN_FD = 3  # sd_listen_fds(3)


def adopt():
    """Has the next server that would bind take the socket that was handed down."""
    handed_down = os.environ.get('LISTEN_FDS') == '1' and os.environ.get('LISTEN_PID') == str(os.getpid())
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

    WSGIServer.server_bind = server_bind
    WSGIServer.server_activate = lambda server: None  # listens already, with a longer queue


adopt()
sys.argv = sys.argv[1:]
sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name='__main__')

"""supervisord, as asked through its socket."""

import os
import sys
import time
import xmlrpc.client

from supervisor.xmlrpc import SupervisorTransport

CONFIGURATION = '/opt/devenv/supervisord.conf'
AVAILABLE = '/etc/devenv/supervisor'
PROGRAMS = '/run/devenv/programs'  # links to those that run
RELEASED = '/run/devenv/released'
SOCKET = '/run/devenv/supervisor.sock'
IDLE = ('STOPPED', 'EXITED', 'FATAL')  # states in which it does not run, and nothing but a start changes that
PATIENCE = 10.0  # seconds; the container may just have started


def connect():
    transport = SupervisorTransport(None, None, 'unix://' + SOCKET)
    supervisor = xmlrpc.client.ServerProxy('http://127.0.0.1', transport).supervisor
    end = time.monotonic() + PATIENCE
    while True:
        try:
            if supervisor.getState()['statename'] == 'RUNNING':
                return supervisor
        except OSError as error:
            reason = error.strerror
        else:
            reason = 'it is ending'
        if time.monotonic() > end:
            sys.exit('%s: supervisord does not answer: %s' % (os.path.basename(sys.argv[0]), reason))
        time.sleep(0.02)

"""For `reload`: has a server go on from a moment at which an earlier one was set up (lib/devenv_checkpoint.py). Where it cannot, it boots."""

import array
import collections
import contextlib
import json
import os
import select
import socket
import time

ANSWER = 5.0  # seconds

Checkpoint = collections.namedtuple('Checkpoint', 'pid connection')


class Checkpoints:
    def __init__(self, say):
        self._say = say
        self._said = set()  # reasons
        self._there = []  # the earliest first
        self._setting_up = None  # the connection of the server that makes them

    @property
    def pids(self):
        self._look()
        return [checkpoint.pid for checkpoint in self._there]

    def offer(self):
        """For the server that is about to boot: its end of the connection. What an earlier one has made ends."""
        self.close()
        return self._connect()

    def start(self, listening, environment):
        """The number of a server, which is a child as others are; None where it has to be booted."""
        self._look()
        while self._there:
            checkpoint = self._there[-1]
            pid = self._ask(checkpoint, listening, environment)
            if pid is not None:
                return pid
            checkpoint.connection.close()
            self._there.remove(checkpoint)
        return None

    def close(self):
        """They end."""
        for checkpoint in self._there:
            checkpoint.connection.close()
        self._there = []
        if self._setting_up:
            self._setting_up.close()
            self._setting_up = None

    def _connect(self):
        if self._setting_up:
            self._setting_up.close()
        self._setting_up, theirs = socket.socketpair()
        return theirs

    def _ask(self, checkpoint, listening, environment):
        theirs = self._connect()
        descriptors = [0, 1, 2, theirs.fileno(), *([listening.fileno()] if listening else [])]
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', descriptors))]
        answer = None
        with theirs, contextlib.suppress(OSError):
            checkpoint.connection.sendmsg([json.dumps({'environment': environment}).encode() + b'\n'], rights)
            answer, _ = receive(checkpoint.connection, ANSWER)
        return (answer or {}).get('pid')

    def _look(self):
        """Takes what has been said by the server that is set up."""
        while self._setting_up:
            said, descriptors = receive(self._setting_up, 0)
            if said is None:
                return
            if 'ready' in said:
                self._there.append(Checkpoint(said['ready'], socket.socket(fileno=descriptors[0])))
            elif said['no'] not in self._said:
                self._said.add(said['no'])
                self._say('a save boots more of the server than it would have to: %s' % said['no'])


def receive(connection, patience):
    """A line of JSON, and what comes with it; (None, …) where there is none in time. Each comes at once."""
    line, descriptors = b'', array.array('i')
    until = time.monotonic() + patience
    while not line.endswith(b'\n'):
        if not select.select([connection], [], [], max(0, until - time.monotonic()))[0]:
            return None, descriptors
        data, extra = b'', []
        with contextlib.suppress(OSError):
            # One line, not those behind it: what comes with them would be taken for its own.
            size = len(connection.recv(65536, socket.MSG_PEEK).partition(b'\n')[0]) + 1
            data, extra, _, _ = connection.recvmsg(size, socket.CMSG_SPACE(descriptors.itemsize))
        for _, _, content in extra:
            descriptors.frombytes(content[:len(content) - len(content) % descriptors.itemsize])
        if not data:
            return None, descriptors
        line += data
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    return json.loads(line), descriptors

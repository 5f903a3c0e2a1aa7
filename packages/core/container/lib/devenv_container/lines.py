"""Lines of JSON on a socket of this machine, each with the descriptors that come with it."""

import array
import contextlib
import json
import os
import select
import socket
import time

MOST = 6  # descriptors that come at once


def say(connection, descriptors=(), **words):
    """Whether there was anybody to hear it."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', descriptors))] if descriptors else []
    with contextlib.suppress(OSError):
        connection.sendmsg([json.dumps(words).encode() + b'\n'], rights)
        return True
    return False


def receive(connection, patience=None):
    """A line and its descriptors; (None, …) where the other has gone, or where none came within so many seconds."""
    line, descriptors = b'', array.array('i')
    until = None if patience is None else time.monotonic() + patience
    while not line.endswith(b'\n'):
        if not select.select([connection], [], [], until and max(0, until - time.monotonic()))[0]:
            return None, []
        data, extra = b'', []
        with contextlib.suppress(OSError):
            # One line, not those behind it: what comes with them would be taken for its own.
            size = len(connection.recv(65536, socket.MSG_PEEK).partition(b'\n')[0]) + 1
            data, extra, _, _ = connection.recvmsg(size, socket.CMSG_SPACE(MOST * descriptors.itemsize))
        for _, _, content in extra:
            descriptors.frombytes(content[:len(content) - len(content) % descriptors.itemsize])
        if not data:
            return None, []
        line += data
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    return json.loads(line), list(descriptors)

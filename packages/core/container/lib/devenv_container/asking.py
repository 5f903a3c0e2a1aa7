"""Those who ask for a program that has ended: a browser should say why it waits in vain, rather than wait for the next save."""

import contextlib
import os
import select
import socket
import time

from devenv_container import waiting

HEARD = float(os.environ.get('DEVENV_HEARD_SECONDS', 1))  # seconds that somebody has to send a request, and to read why it is in vain
AGAIN = 2  # seconds until a browser asks again


class Asking:
    """All are answered side by side: browsers open connections on which they say nothing."""

    def __init__(self, listening, program, saves):
        """`saves`: the descriptor that tells of one; None where nobody does."""
        self._listening, self._program, self._saves = listening, program, saves
        self._connections = {}  # by descriptor
        self._answered = set()  # descriptors
        self._end = 0.0
        self._looked, self._fault = not program, None

    def accept(self):
        """One who waits at the socket."""
        with contextlib.suppress(OSError):
            self._listening.setblocking(False)
            connection, _ = self._listening.accept()
            connection.settimeout(HEARD)
            self._connections[connection.fileno()] = connection
            self._end = time.monotonic() + HEARD

    def answer(self):
        """Until somebody says something, comes, or saves. Whether anybody is still heard."""
        left = self._end - time.monotonic()
        if not self._connections or left <= 0:
            return False
        poll = select.poll()
        for number in (self._listening.fileno(), *self._connections, *([] if self._saves is None else [self._saves])):
            poll.register(number, select.POLLIN)
        for number, _ in poll.poll(left * 1000 + 1):
            if number == self._saves:
                return False
            if number in self._connections and not self._hear(number):
                self._answered.discard(number)
                self._connections.pop(number).close()
        return True

    def close(self):
        for connection in self._connections.values():
            connection.close()

    def _hear(self, number):
        """Whether it may say more: what is left unread would make the close a reset."""
        with contextlib.suppress(OSError):
            said = self._connections[number].recv(65536)
            if said and number not in self._answered:
                self._answered.add(number)
                self._send(self._connections[number], comes_back=said.startswith(b'GET '))
            return bool(said)
        return False

    def _send(self, connection, comes_back):
        if not self._looked:
            self._looked, self._fault = True, waiting.fault(self._program, waiting.PATIENCE)
        words = explain(self._program, self._fault, comes_back).encode()
        # A browser asks again by itself, and waits at the socket once the code is mended. Not with a form: it would come back empty.
        again = b'Refresh: %d\r\n' % AGAIN if comes_back else b''
        connection.sendall(
            b'HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n%s'
            b'Connection: close\r\nContent-Length: %d\r\n\r\n%s' % (again, len(words), words))
        connection.shutdown(socket.SHUT_WR)


def explain(program, fault, comes_back):
    name = program or 'The program'
    parts = ['%s has ended:\n\n    %s' % (name, fault) if fault else '%s has ended; its log shows the reason.' % name]
    parts.append('It starts again %swhen you save a file%s.' % (
        '' if fault else 'soon, or ', ', and this page with it' if comes_back else '; then send the form again'))
    if fault and 'ModuleNotFoundError' in fault:
        parts.append('If that is a package which is not installed, name it where the others are named, then:\n\n    make dev.watch')
    if program:
        # As a person types it in a checkout.
        parts.append('Its log shows more:\n\n    make devenv.logs ARGS=%s' % program)
    return '\n\n'.join(parts) + '\n'

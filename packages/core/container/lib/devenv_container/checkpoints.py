"""For `reload`: has a server go on from a moment at which an earlier one was set up (lib/devenv_checkpoint). Where it cannot, it boots."""

import collections
import socket

from devenv_container.lines import receive, say

ANSWER = 60.0  # seconds; what takes longer hangs
LENT = 10.0  # the same, where nobody waits but a worker, and a save would be noticed late
KEPT = 2  # where a server makes two more, before what was saved and when it is set up: each takes memory

Checkpoint = collections.namedtuple('Checkpoint', 'pid connection reached')


class Checkpoints:
    def __init__(self, say):
        self._say = say
        self._said = set()  # reasons
        self._there = []  # the earliest first
        self._setting_up = None  # the connection of the server that makes them
        self._before = []  # the modules that were saved last, of what had been loaded: they may be saved again

    def read_pids(self):
        self._look()
        return [checkpoint.pid for checkpoint in self._there]

    def offer(self):
        """For the server that is about to boot: its end of the connection, and before which modules. What an earlier one has made ends."""
        self.close()
        return self._connect(), self._before

    def start(self, listening, pipe):
        """After a save: the number of a server, which is a child as others are, and tells there what it reads; None where it has to be booted."""
        self._look()
        saved = []
        while self._there:
            checkpoint = self._there[-1]
            answer = self._ask(checkpoint, listening, pipe)
            if 'pid' in answer:
                if saved:
                    for surplus in self._there[1:1 - KEPT]:
                        self._end(surplus)
                return answer['pid']
            if not saved:  # the last one holds most
                self._before = saved = answer.get('no', [])
            self._end(checkpoint)
        return None

    def lend(self, asked, descriptors):
        """The number of another program, which goes on from where the server was set up; None where it has to be booted."""
        self._look()
        if not self._there or not self._there[-1].reached:
            return None
        checkpoint = self._there[-1]
        say(checkpoint.connection, descriptors, lend=asked)
        answer, _ = receive(checkpoint.connection, LENT)
        if not answer or 'no' in answer:
            self._end(checkpoint)
        return answer and answer.get('pid')

    def are_coming(self):
        """Whether a server is being set up."""
        self._look()
        try:
            return bool(self._setting_up) and self._setting_up.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b''
        except BlockingIOError:
            return True
        except OSError:
            return False

    def watched(self):
        return [self._setting_up] if self._setting_up else []

    def close(self):
        """They end."""
        for checkpoint in list(self._there):
            self._end(checkpoint)
        if self._setting_up:
            self._setting_up.close()
            self._setting_up = None

    def _connect(self):
        if self._setting_up:
            self._setting_up.close()
        self._setting_up, theirs = socket.socketpair()
        return theirs

    def _ask(self, checkpoint, listening, pipe):
        theirs = self._connect()
        descriptors = [0, 1, 2, *([listening.fileno()] if listening else []), theirs.fileno(), pipe]
        with theirs:
            say(checkpoint.connection, descriptors, before=self._before)
            answer, _ = receive(checkpoint.connection, ANSWER)
        return answer or {}

    def _end(self, checkpoint):
        checkpoint.connection.close()
        self._there.remove(checkpoint)

    def _look(self):
        """Takes what has been said by the server that is set up."""
        while self._setting_up:
            said, descriptors = receive(self._setting_up, 0)
            if said is None:
                return
            if 'ready' in said:
                self._there.append(Checkpoint(said['ready'], socket.socket(fileno=descriptors[0]), said['reached']))
            elif said['no'] not in self._said:
                self._said.add(said['no'])
                self._say('a save boots more of the server than it would have to: %s' % said['no'])

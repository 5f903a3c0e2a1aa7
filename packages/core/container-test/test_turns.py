import os
import pty
import signal
import socket
import subprocess
import sys
import unittest

from helpers import PATIENCE, InFolder, eventually

# Boots until there is a file go-NAME, and tells of it. A server then takes one connection after another.
PROGRAM = '''
import os, socket, sys, time
name = sys.argv[1]
def tell(what):
    with open('../events', 'a') as events:
        events.write('%s %s\\n' % (name, what))
tell('boots')
while not os.path.exists('../go-' + name):
    if os.path.exists('../broken-' + name):
        sys.exit(1)
    time.sleep(0.01)
tell('is there')
listening = socket.socket(fileno=3) if 'LISTEN_FDS' in os.environ else None
while not listening:
    time.sleep(600)
while True:
    asking, _ = listening.accept()
    if asking.recv(65536):
        asking.sendall(b'HTTP/1.0 200 OK\\r\\n\\r\\n')
    asking.close()
'''


class Turns(InFolder):
    """Two servers, `first` with the lower port, and a worker, all of which watch the same."""

    def setUp(self):
        super().setUp()
        (self.folder / 'program.py').write_text(PROGRAM)
        self.ports = dict(zip(('first', 'second'), sorted((self.reserve_port(), self.reserve_port()))))

    def begin(self, name, *options, **streams):
        options = [*options, *(['--listen', '127.0.0.1:%d' % self.ports[name]] if name in self.ports else [])]
        return self.start('reload', *options, '--', sys.executable, '../program.py', name,
                          stderr=subprocess.DEVNULL, **streams)

    def begin_all(self):
        """All are there, as after a start, and will stand still in their next boot."""
        names = ('first', 'second', 'worker')
        self.go(*names)
        processes = [self.begin(name) for name in names]
        for name in names:
            self.told(name, 'is there')
            (self.folder / ('go-' + name)).unlink()
        (self.folder / 'events').unlink()
        return processes

    def save(self, name='app.py'):
        (self.folder / 'code' / name).write_text('')

    def go(self, *names):
        for name in names:
            (self.folder / ('go-' + name)).touch()

    def events(self):
        file = self.folder / 'events'
        return file.read_text().splitlines() if file.exists() else []

    def told(self, name, what):
        eventually(lambda: '%s %s' % (name, what) in self.events())

    def connect(self, name):
        asking = socket.create_connection(('127.0.0.1', self.ports[name]), timeout=PATIENCE)
        self.addCleanup(asking.close)
        return asking

    def ask(self, name):
        asking = self.connect(name)
        asking.sendall(b'GET / HTTP/1.0\r\n\r\n')
        return asking

    def test_a_server_that_is_asked_boots_first_and_alone_then_the_other_and_last_the_worker(self):
        self.begin_all()
        self.connect('second')  # asks nothing, and so keeps the old one from the next
        asking = self.ask('second')
        self.save()
        self.told('second', 'boots')
        self.go('second')
        self.assertTrue(asking.recv(1))
        for name in ('first', 'worker'):
            self.told(name, 'boots')
            self.go(name)
            self.told(name, 'is there')
        self.assertEqual(self.events(), [
            'second boots', 'second is there', 'first boots', 'first is there', 'worker boots', 'worker is there'])

    def test_where_nobody_asks_the_lower_port_is_first(self):
        self.begin_all()
        self.save()
        for name in ('first', 'second', 'worker'):
            self.told(name, 'boots')
            self.go(name)
            self.told(name, 'is there')
        self.assertEqual(self.events()[::2], ['first boots', 'second boots', 'worker boots'])
        self.assertEqual(self.events()[1::2], ['first is there', 'second is there', 'worker is there'])

    def test_a_server_that_waits_for_its_turn_boots_at_once_when_it_is_asked(self):
        self.begin_all()
        self.save()
        self.told('first', 'boots')
        asking = self.ask('second')
        self.told('second', 'boots')
        self.go('second')
        self.assertTrue(asking.recv(1))
        self.go('first')
        self.told('worker', 'boots')
        self.assertEqual(self.events(), [
            'first boots', 'second boots', 'second is there', 'first is there', 'worker boots'])

    def test_one_that_fails_gives_its_turn_up(self):
        self.begin_all()
        (self.folder / 'broken-first').touch()
        self.save()
        self.told('second', 'boots')
        self.assertEqual(self.events(), ['first boots', 'second boots'])

    def test_so_does_one_that_is_killed(self):
        first, *_ = self.begin_all()
        self.save()
        self.told('first', 'boots')
        first.send_signal(signal.SIGKILL)
        self.told('second', 'boots')

    def test_one_that_never_takes_a_connection_keeps_the_others_for_a_while_only(self):
        self.environment['DEVENV_TURN_SECONDS'] = '1'
        self.begin_all()
        self.save()
        self.told('first', 'boots')
        for name in ('second', 'worker'):
            self.told(name, 'boots')

    def test_the_next_save_begins_it_all_again(self):
        self.begin_all()
        self.save()
        self.told('first', 'boots')
        self.save()
        eventually(lambda: self.events() == ['first boots', 'first boots'])
        self.go('first')
        self.told('second', 'boots')

    def test_what_watches_other_files_does_not_wait(self):
        self.go('sass')
        self.begin('sass', '--suffix', '.scss')
        self.begin_all()
        self.save()
        self.told('first', 'boots')
        self.save('page.scss')
        self.told('sass', 'is there')
        self.assertNotIn('second boots', self.events())

    def test_what_is_debugged_at_a_terminal_neither_waits_nor_keeps_others_waiting(self):
        self.begin_all()
        self.save()
        self.told('first', 'boots')
        terminal, inside = pty.openpty()
        self.addCleanup(os.close, terminal)
        self.addCleanup(os.close, inside)
        self.begin('debugged', stdin=inside)
        self.told('debugged', 'boots')
        self.save()
        eventually(lambda: self.events().count('debugged boots') == 2)
        self.go('first')
        self.told('second', 'boots')


if __name__ == '__main__':
    unittest.main()

import http.server
import subprocess
import threading
import time
import unittest

from helpers import PATIENCE, InFolder

HELD = 4  # seconds; by then a probe has booted on a busy machine, and seen that nothing is released


class Answers(InFolder):
    """The health check of a container whose programs are chosen."""

    def setUp(self):
        super().setUp()
        for name in ('available', 'links'):
            (self.folder / name).mkdir()
        for name in ('web', 'shop'):
            (self.folder / 'available' / (name + '.conf')).touch()
        self.environment.update({
            'DEVENV_AVAILABLE': str(self.folder / 'available'),
            'DEVENV_PROGRAM_LINKS': str(self.folder / 'links'),
            'DEVENV_DEBUGGED': str(self.folder / 'debugged'),
            'DEVENV_RELEASED': str(self.folder / 'released'),
            'DEVENV_ANSWER_SECONDS': str(PATIENCE),
        })

    def release(self, *names):
        """In the order of `release`: the links first."""
        for name in names:
            (self.folder / 'links' / (name + '.conf')).symlink_to(self.folder / 'available' / (name + '.conf'))
        (self.folder / 'released').touch()

    def begin(self, *words):
        return self.start('answers', *words, stderr=subprocess.PIPE)

    def outcome(self, process):
        return process.wait(2 * PATIENCE), process.stderr.read().decode().strip()

    def answers(self, *words):
        return self.outcome(self.begin(*words))

    def serve(self, *statuses, when=None):
        """Answers with one status after another, at once or when an event comes; the last one stays."""
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append((self.path, self.headers['Host']))
                if when:
                    when.wait()
                self.send_response(statuses[min(len(asked), len(statuses)) - 1])
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return 'http://localhost:%d' % server.server_port, asked

    def test_a_program_that_answers_is_healthy(self):
        self.release('web')
        for status in (200, 204, 302):
            url, asked = self.serve(status)
            self.assertEqual(self.answers('web=%s/health/?a=1' % url), (0, ''))
            self.assertEqual(asked, [('/health/?a=1', url[len('http://'):])])

    def test_one_that_fails_or_is_not_there_is_not(self):
        self.release('web')
        url, _ = self.serve(503)
        self.assertEqual(self.answers('web=%s' % url), (1, 'web: it answered 503'))
        code, said = self.answers('web=http://localhost:1/')
        self.assertEqual(code, 1)
        self.assertIn('refused', said)

    def test_one_that_takes_too_long_is_not(self):
        self.release('web')
        self.environment['DEVENV_ANSWER_SECONDS'] = '1'
        over = threading.Event()
        url, _ = self.serve(200, when=over)
        self.addCleanup(over.set)
        self.assertEqual(self.answers('web=%s/' % url), (1, 'web: no answer in 1 s'))

    def test_what_is_left_out_is_not_asked(self):
        self.release('shop')
        url, asked = self.serve(200)
        self.assertEqual(self.answers('web=http://localhost:1/', 'shop=%s/' % url)[0], 0)
        self.assertEqual(len(asked), 1)

    def test_what_a_person_debugs_in_a_terminal_is_not_asked_for_as_long_as_it_runs(self):
        self.release('web')
        url, asked = self.serve(200)
        (self.folder / 'debugged').mkdir()
        debugged = subprocess.Popen(['sleep', '600'])
        self.addCleanup(debugged.kill)
        (self.folder / 'debugged' / 'web').write_text(str(debugged.pid))
        self.assertEqual(self.answers('web=%s/' % url), (0, ''))
        self.assertEqual(asked, [])
        debugged.kill()
        debugged.wait()
        self.assertEqual(self.answers('web=%s/' % url), (0, ''))
        self.assertEqual(len(asked), 1)

    def test_with_no_program_of_those_released_there_is_nothing_to_ask(self):
        self.release()
        self.assertEqual(self.answers('web=http://localhost:1/')[0], 0)

    def test_while_the_programs_are_held_it_waits_and_then_asks_until_they_answer(self):
        self.environment['DEVENV_START_SECONDS'] = '60'
        url, asked = self.serve(503, 503, 200)
        probe = self.begin('web=%s/' % url)
        with self.assertRaises(subprocess.TimeoutExpired):
            probe.wait(HELD)
        self.assertEqual(asked, [])
        self.release('web')
        self.assertEqual(self.outcome(probe), (0, ''))
        self.assertEqual(len(asked), 3)

    def test_the_time_that_programs_have_counts_from_the_release(self):
        self.environment['DEVENV_START_SECONDS'] = '3'
        url, asked = self.serve(503)
        probe = self.begin('web=%s/' % url)
        with self.assertRaises(subprocess.TimeoutExpired):
            probe.wait(HELD)
        released = time.monotonic()
        self.release('web')
        self.assertEqual(self.outcome(probe), (1, 'web: it answered 503'))
        self.assertGreaterEqual(time.monotonic() - released, 3)
        self.assertGreater(len(asked), 1)

    def test_once_they_are_released_it_asks_for_a_second_before_it_says_no(self):
        self.environment['DEVENV_START_SECONDS'] = '60'
        self.release('web')
        url, asked = self.serve(503)
        began = time.monotonic()
        self.assertEqual(self.answers('web=%s/' % url), (1, 'web: it answered 503'))
        self.assertGreaterEqual(time.monotonic() - began, 1)
        self.assertGreater(len(asked), 1)
        url, asked = self.serve(503, 200)
        self.assertEqual(self.answers('web=%s/' % url), (0, ''))
        self.assertEqual(len(asked), 2)

    def test_a_container_without_programs_is_healthy_also_while_others_are_provisioned(self):
        self.assertEqual(self.answers(), (0, ''))

    def test_a_program_that_there_is_not_is_an_error_and_not_a_success(self):
        self.assertEqual(self.answers('wbe=http://localhost:1/'), (1, 'answers: there is no program wbe'))
        for word in ('web', 'web=https://localhost/', 'web=http:///x', '=http://localhost/', 'web=http://a:b/'):
            self.assertEqual(self.answers(word)[0], 1, word)


if __name__ == '__main__':
    unittest.main()

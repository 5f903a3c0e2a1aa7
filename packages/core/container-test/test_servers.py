import subprocess
import unittest

from helpers import CONTAINER, InFolder


class Servers(InFolder):
    """What stands for a line of supervisor/*.conf, shown by a `reload` that prints its words."""

    def run_tool(self, tool, *arguments):
        script = (CONTAINER / 'bin' / tool).read_text()
        script = script.replace('exec /opt/devenv/bin/reload', 'echo').replace('. /opt/devenv/lib', f'. {CONTAINER}/lib')
        (self.folder / 'celery').touch(0o755)
        environment = {**self.environment, 'PATH': '%s:%s' % (self.folder, self.environment['PATH'])}
        return subprocess.run(['sh', '-s', '--', *arguments], input=script, text=True, capture_output=True, env=environment)

    def words(self, tool, *arguments):
        return self.run_tool(tool, *arguments).stdout.strip()

    def test_django_s_server_reloads_at_its_port(self):
        self.assertEqual(
            self.words('django-server', '8000'),
            '--listen 0.0.0.0:8000 --checkpoints yes -- python /opt/devenv/lib/runserver.py manage.py runserver --noreload 0.0.0.0:8000')

    def test_it_takes_options_of_reload_and_words_for_manage_py(self):
        self.assertEqual(
            self.words('django-server', '--watch', 'lms', '--suffix', '.py', '18000', 'lms'),
            '--watch lms --suffix .py --listen 0.0.0.0:18000 --checkpoints yes -- '
            'python /opt/devenv/lib/runserver.py manage.py lms runserver --noreload 0.0.0.0:18000')

    def test_a_worker_of_celery_takes_options_of_reload_and_of_its_own(self):
        self.assertEqual(
            self.words('celery-worker', '--watch', 'lms', 'lms.celery', '--queues', 'a,b', '--hostname', 'lms@%h'),
            f'--watch lms --nice 15 --tells yes -- python /opt/devenv/lib/telling.py {self.folder}/celery --quiet --app lms.celery worker '
            '--loglevel info --pool solo --without-gossip --without-mingle --without-heartbeat --queues a,b --hostname lms@%h')

    def test_without_a_port_or_an_application_each_says_what_it_takes(self):
        for tool in ('django-server', 'celery-worker'):
            ended = self.run_tool(tool)
            self.assertEqual(ended.returncode, 2)
            self.assertEqual(ended.stderr.split(' ')[:2], ['usage:', tool])


if __name__ == '__main__':
    unittest.main()

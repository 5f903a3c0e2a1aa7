from celery import shared_task
from celery.signals import task_postrun
from django.conf import settings

from .models import Chore

# What has been read for one request, or for one task.
REQUEST_CACHE = {}


@task_postrun.connect
def clear_request_cache(**_):
    if getattr(settings, 'CLEAR_REQUEST_CACHE_ON_TASK_COMPLETION', True):
        REQUEST_CACHE.clear()


@shared_task(bind=True)
def do(self, text):
    """Leaves behind who did it: the name of the worker, or `whoever asked`. A worker that still has what it read for the task before fails."""
    known = REQUEST_CACHE.setdefault('chores', Chore.objects.count())
    if not self.request.is_eager and known != Chore.objects.count():
        raise RuntimeError(f'it knows of {known} chores only')
    Chore.objects.create(text=text, done_by='whoever asked' if self.request.is_eager else self.request.hostname)

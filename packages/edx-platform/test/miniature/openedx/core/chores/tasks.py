from celery import shared_task

from .models import Chore


@shared_task(bind=True)
def do(self, text):
    """Leaves behind who did it: the name of the worker, or `whoever asked`."""
    Chore.objects.create(text=text, done_by='whoever asked' if self.request.is_eager else self.request.hostname)

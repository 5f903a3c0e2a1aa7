# Tasks find the broker also where no worker runs.
from .celery import APP as CELERY_APP

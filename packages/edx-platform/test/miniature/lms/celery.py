"""What a worker is started with: celery --app lms.celery worker."""
import os

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'lms.envs.devstack')

from openedx.core.celery import APP

"""What a worker is started with: celery --app cms.celery worker."""
import os

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'cms.envs.devstack')

from openedx.core.celery import APP

from celery import Celery

APP = Celery('platform')
APP.config_from_object('django.conf:settings')
APP.autodiscover_tasks()

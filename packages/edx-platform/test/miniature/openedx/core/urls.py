from django.http import HttpResponse
from django.urls import include, path

from openedx.plugins import plugins


def no_icon(_request):
    return HttpResponse(status=204)


def urls_of(service):
    apps = ['openedx.core.chores', 'openedx.core.visits', *plugins(service)]
    return [path('favicon.ico', no_icon), *(path('', include(f'{app}.urls')) for app in apps)]

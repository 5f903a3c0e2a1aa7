from django.shortcuts import render
from django.urls import path

from openedx.core.bundles import urls_of

TITLE = 'Studio'


def home(request):
    return render(request, 'home.html', {'title': TITLE, 'bundles': urls_of('studio')})


urlpatterns = [path('home/', home)]

from django.conf import settings
from django.shortcuts import redirect, render
from django.urls import path

from cms.djangoapps.contentstore.toggles import LEGACY_HOME

TITLE = 'Studio'


def home(request):
    if not LEGACY_HOME.is_enabled():
        return redirect(f'{settings.COURSE_AUTHORING_MICROFRONTEND_URL}/home')
    request.session['seen'] = TITLE
    return render(request, 'home.html', {'title': TITLE})


urlpatterns = [path('home/', home)]

from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth import login as sign_in
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

TITLE = 'Sign in'


def login(request):
    if request.method != 'POST':
        return render(request, 'login.html', {'title': TITLE})
    account = get_user_model().objects.filter(email=request.POST['email']).first()
    user = account and authenticate(request, username=account.username, password=request.POST['password'])
    if not user:
        return HttpResponse('This is not the password.', status=403)
    sign_in(request, user)
    answer = HttpResponse(f'{user.username} staff={user.is_staff}')
    answer.set_cookie(settings.EDXMKTG_LOGGED_IN_COOKIE_NAME, 'true')
    return answer


def dashboard(request):
    return HttpResponse(f'signed in: {request.user.username or "nobody"}')


def learning(_request):
    return redirect(f'{settings.LEARNING_MICROFRONTEND_URL}/course/demonstration')


urlpatterns = [path('login', login), path('dashboard', dashboard), path('learning', learning)]

from django.conf import settings
from django.urls import resolve


def test_these_are_the_settings_of_the_lms():
    assert settings.ROOT_URLCONF == 'lms.urls'
    assert resolve('/login').func.__name__ == 'login'

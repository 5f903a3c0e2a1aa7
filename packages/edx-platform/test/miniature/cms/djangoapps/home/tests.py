from django.conf import settings
from django.urls import resolve


def test_these_are_the_settings_of_studio():
    assert settings.ROOT_URLCONF == 'cms.urls'
    assert resolve('/home/').func.__name__ == 'home'

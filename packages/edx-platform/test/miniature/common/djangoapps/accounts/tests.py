import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command


@pytest.mark.django_db
def test_an_account_is_made_once():
    call_command('manage_user', 'ada', 'ada@example.com', '--staff')
    call_command('manage_user', 'ada', 'ada@example.com', '--staff')
    assert get_user_model().objects.get(username='ada').is_staff

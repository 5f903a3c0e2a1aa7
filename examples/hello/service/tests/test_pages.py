"""What needs the database; the queue is left out."""

import pytest

from hello import greetings, migrate, settings, web

pytestmark = pytest.mark.usefixtures('database')


@pytest.fixture(name='browser')
def _browser():
    return web.app.test_client()


def test_the_page_shows_what_was_kept_newest_first(browser):
    greetings.keep('Ada')
    greetings.keep('<Grace>')
    page = browser.get('/').get_data(as_text=True)
    assert page.index('Hello, &lt;Grace&gt;!') < page.index('Hello, Ada!')
    assert settings.URL in page


def test_a_greeting_is_asked_for_not_kept_at_once(browser, monkeypatch):
    asked = []
    monkeypatch.setattr(greetings, 'ask_for', asked.append)
    answer = browser.post('/greetings', data={'name': 'Ada'})
    assert (answer.status_code, asked, greetings.newest()) == (303, ['Ada'], [])


def test_health_asks_the_database(browser):
    assert browser.get('/health/').json == {'database': 'ok'}


def test_migrating_again_changes_nothing(capsys):
    capsys.readouterr()
    migrate.main()
    assert capsys.readouterr().out == 'nothing to migrate\n'

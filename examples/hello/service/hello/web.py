"""The web server's part: `app` is what gunicorn runs."""

import sys

from flask import Flask, redirect, render_template_string, request

from hello import database, greetings, settings

app = Flask(__name__)

PAGE = """<!doctype html>
<html lang="en">
<title>hello</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/hello.css">
<h1>Greetings</h1>
<form method="post" action="/greetings">
  <input name="name" placeholder="a name" maxlength="80" autofocus>
  <button>greet</button>
</form>
{% for language, words in languages.items() %}<p>{{ language }}: {{ words }}</p>{% endfor %}
<ul>{% for words in greetings %}<li>{{ words }}</li>{% endfor %}</ul>
<p>This page is <a href="{{ url }}/">{{ url }}/</a></p>
{% if guestbook %}<p>These are in the <a href="{{ guestbook }}/">guest book</a></p>{% endif %}
</html>
"""


@app.get('/')
def show():
    return render_template_string(
        PAGE, greetings=greetings.newest(), guestbook=settings.GUESTBOOK_URL, url=settings.URL,
        languages=greetings.in_other_languages('world'))


@app.get('/greetings/')
def newest():
    return {'greetings': greetings.newest()}


@app.post('/greetings')
def greet():
    name = request.form.get('name', '')
    greetings.ask_for(name)
    print('asked for a greeting of %r' % name, file=sys.stderr)
    return redirect(settings.URL + '/', code=303)


@app.get('/health/')
def health():
    with database.cursor() as cursor:
        cursor.execute('SELECT COUNT(*) FROM greetings')
    return {'database': 'ok'}

"""The greetings: asked for in a queue, kept in a table."""

import json
from importlib import metadata

import redis

from hello import database, settings

QUEUE = 'hello.greetings'
LONGEST_NAME = 80  # characters, as the table has it


def greeting_for(name):
    """The words for one name; the name of nobody greets the world."""
    return 'Hello, %s!' % (' '.join(name.split())[:LONGEST_NAME] or 'world')


def in_other_languages(name):
    """The same in each language that a library brings, as an entry point of this group."""
    return {
        point.name: point.load()(name) for point in metadata.entry_points(group='hello.languages')}


def ask_for(name):
    queue().rpush(QUEUE, json.dumps({'name': name}))


def next_job(seconds):
    """The next job of the queue as {'name': …}, or None when none came in time."""
    found = queue().blpop([QUEUE], timeout=seconds)
    return json.loads(found[1]) if found else None


def keep(name):
    with database.cursor() as cursor:
        cursor.execute('INSERT INTO greetings (words) VALUES (%s)', [greeting_for(name)])


def newest(limit=20):
    with database.cursor() as cursor:
        cursor.execute('SELECT words FROM greetings ORDER BY id DESC LIMIT %s', [limit])
        return [words for (words,) in cursor.fetchall()]


def queue():
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5)

"""Greets somebody who was not greeted yet: python3 -m hello.welcome NAME"""

import sys

from hello import database, greetings

if __name__ == '__main__':
    [_, name] = sys.argv
    with database.cursor() as cursor:
        cursor.execute('SELECT 1 FROM greetings WHERE words = %s', [greetings.greeting_for(name)])
        known = cursor.fetchone()
    if not known:
        greetings.keep(name)

"""Greetings in Italian."""


def greeting_for(name):
    return 'Ciao, %s!' % name

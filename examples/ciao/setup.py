"""A library in miniature: it brings a language to hello."""

from setuptools import setup

setup(
    name='ciao',
    version='1.0',
    packages=['ciao'],
    install_requires=[],
    entry_points={'hello.languages': ['Italian = ciao:greeting_for']},
)

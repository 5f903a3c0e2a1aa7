from setuptools import find_packages, setup

setup(
    name='platform-in-miniature',
    version='0.1',
    packages=find_packages(include=['cms*', 'common*', 'lms*', 'openedx*', 'xmodule*']),
    entry_points={
        'lms.djangoapp': ['heartbeat = openedx.core.heartbeat', 'login = lms.djangoapps.login'],
        'cms.djangoapp': ['heartbeat = openedx.core.heartbeat', 'home = cms.djangoapps.home'],
    },
)

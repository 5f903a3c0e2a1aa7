"""Libraries that are attached to this container (DEVENV_LIBRARIES), for programs that are started again when code is saved. bin/libraries
imports it with the Python of the service, 3.8 or later."""

import os

COMMAND = os.path.join(os.path.dirname(os.path.realpath(__file__)), '../../bin/libraries')
ATTACHED = [path for path in os.environ.get('DEVENV_LIBRARIES', '').split(':') if path]
CODE, DESCRIPTIONS = '.py', ['.toml', '.cfg']
# What describes one to Python, and to Node; what bundles the code of one of Node watches that itself.
OF_PYTHON, OF_NODE = ('pyproject.toml', 'setup.cfg', 'setup.py'), 'package.json'


def watched(roots, suffixes):
    """What is watched for a program: where that is Python, the libraries too, and what describes them; elsewhere, what describes those of Node."""
    if not ATTACHED:
        return roots, suffixes
    if CODE in suffixes:
        return [*roots, *ATTACHED], [*suffixes, *DESCRIPTIONS]
    of_node = list(filter(is_of_node, ATTACHED))
    return ([*roots, *of_node], [*suffixes, OF_NODE]) if of_node else (roots, suffixes)


def is_of_node(path):
    def there(name):
        return os.path.exists(os.path.join(path, name))

    return there(OF_NODE) and not any(map(there, OF_PYTHON))


def install_again(changed, say):
    """After a save: a library that describes itself otherwise now may have other entry points."""
    if not any(path.startswith(root + '/') for path in changed for root in ATTACHED):
        return
    # Only here: each program has a `reload`, which lives as long as the container.
    import json
    import subprocess

    done = subprocess.run([COMMAND, '--if-changed'], stdout=subprocess.PIPE, check=False)
    for each in json.loads(done.stdout or b'[]'):
        if each['broken']:
            say('%s stays as it was installed: %s' % (each['name'], each['broken']))
        else:
            say('%s is installed again%s' % (
                each['name'], '; it lacks %s' % ', '.join(each['missing']) if each['missing'] else ''))

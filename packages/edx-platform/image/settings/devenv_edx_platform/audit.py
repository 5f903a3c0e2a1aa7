"""
Compares the settings of the LMS and of Studio with upstream's, and lists what nobody can have meant:

- an address that a setting names and nobody answers;
- a key of a dict in upstream's devstack settings that is not in ours, or a list that is shorter in ours.

    make dev.settings        ends with 1 where it lists something
"""
import json
import os
import re
import socket
import subprocess
import sys
from functools import cache
from importlib import import_module

from devenv_edx_platform import environment
from devenv_edx_platform.mfe import PRESENT
from devenv_edx_platform.services import NOT_CALLED

# Left out on purpose: the paths, and why.
MEANT = {
    'ALLOWED_HOSTS': 'all may ask',
    'CONTENTSTORE.OPTIONS': 'DOC_STORE_CONFIG beside it says the same',
    'DATABASES.read_replica': 'there is one database',
    'DATABASES.student_module_history': 'there is one database',
    'DATABASE_ROUTERS': 'there is one database',
    'ELASTIC_SEARCH_CONFIG': 'Meilisearch is the search engine',
    'FORUM_ELASTIC_SEARCH_CONFIG': 'Meilisearch, or the database, is searched',
    'IDA_LOGOUT_URI_LIST': 'only Studio is here to sign out of',
}
# Production's copies of the YAML file, as it was before anything was changed.
COPIES = {'AUTH_TOKENS', 'ENV_TOKENS'}
# The file with which upstream's settings are read: it says as little as they can be read with.
UPSTREAM_FILE = 'lms/envs/minimal.yml'

_HOST = re.compile(r'^\w+://(?:[^/@]*@)?(?P<host>[\w.-]+)(?::(?P<port>\d+))?(?:/|$)|^(?P<bare>[a-z][\w.-]*):(?P<number>\d+)$')
_PORTS = {'http': 80, 'https': 443, 'redis': 6379}


def read(module):
    """The settings of a module, as JSON. Of what JSON cannot hold, the name of its type."""
    found = vars(import_module(module))
    kept = {key: value for key, value in found.items() if key.isupper() and key not in COPIES}
    return json.dumps(kept, default=lambda value: type(value).__name__, skipkeys=True)


def settings_of(module, **variables):
    """Of another process: modules of settings change each other's dicts."""
    environ = {**os.environ, **variables}
    done = subprocess.run(
        [sys.executable, '-m', __spec__.name, module], env=environ, stdout=subprocess.PIPE, text=True, check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def lost(upstream, ours, path=''):
    """The paths of dict keys, and of items of lists, that only `upstream` has."""
    if path in MEANT:
        return []
    if isinstance(upstream, dict) and isinstance(ours, dict):
        inner = [(f'{path}.{key}' if path else key, key) for key in upstream]
        missing = [name for name, key in inner if key not in ours and name not in MEANT]
        return missing + [found for name, key in inner if key in ours for found in lost(upstream[key], ours[key], name)]
    if isinstance(upstream, list) and isinstance(ours, list) and len(ours) < len(upstream):
        return [f'{path}: {len(upstream)} items, ours {len(ours)}']
    return []


def addresses(value, path=''):
    """Each (path, host, port) that a setting names. Public hosts are left out: they are no part of this environment."""
    if isinstance(value, dict):
        host = value.get('host') or value.get('HOST')
        if isinstance(host, str) and is_inside(host):
            yield path, host, int(value.get('port') or value.get('PORT') or 0)
        for key, inner in value.items():
            if path or not NOT_CALLED.search(key):
                yield from addresses(inner, f'{path}.{key}' if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from addresses(inner, path)
    elif isinstance(value, str) and (match := _HOST.match(value)):
        host = match['host'] or match['bare']
        port = match['port'] or match['number'] or _PORTS.get(value.partition(':')[0], 0)
        if is_inside(host):
            yield path, host, int(port)


def is_inside(host):
    return host != '' and ('.' not in host or host.startswith(('edx.devstack.', '127.')))


@cache
def answers(host, port):
    """Without a port it is the server's usual one: then the name counts."""
    known = [environment.LMS_URL, environment.CMS_URL, environment.LMS_INTERNAL_URL, environment.CMS_INTERNAL_URL]
    if f'{host}:{port}' in (url.split('/')[2] for url in [*known, *PRESENT.values()]):
        return True
    try:
        if port == 0:
            socket.gethostbyname(host)
        else:
            socket.create_connection((host, port), timeout=3).close()
    except OSError:
        return False
    return True


def main():
    problems = []
    for service in ('lms', 'cms'):
        ours = settings_of(f'devenv_edx_platform.{service}')
        file = os.path.abspath(UPSTREAM_FILE)
        upstream = settings_of(f'{service}.envs.devstack', LMS_CFG=file, CMS_CFG=file)
        problems += [f'{service}: upstream has {path}' for path in lost(upstream, ours)]
        problems += [
            f'{service}: nobody answers at {host}:{port}, the address in {path}'
            for path, host, port in addresses(ours)
            if not answers(host, port)
        ]
    print('\n'.join(problems) or 'settings: something answers at every address, and every setting of upstream is there')
    return 1 if problems else 0


if __name__ == '__main__':
    if sys.argv[1:]:
        print(read(sys.argv[1]))
    else:
        sys.exit(main())

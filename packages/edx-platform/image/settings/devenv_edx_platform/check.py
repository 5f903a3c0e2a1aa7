"""Refuses what cannot be meant by the variables of this environment, before anything runs with it."""
import sys

try:
    from devenv_edx_platform import mfe
except ValueError as problem:
    sys.exit(str(problem))
print('micro-frontends:', ', '.join(f'{name} at {url}' for name, url in mfe.PRESENT.items()) or 'none')

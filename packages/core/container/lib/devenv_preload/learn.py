"""
Makes a record: of the modules that a program was seen to import, those that can be imported before it starts. FILE says, as JSON,
{seen, record, code, without, program}: where the names stand, where the record goes, what a trial has to know, and what is written
into the record as it is.
"""

import json
import os
import subprocess
import sys

from devenv_preload import installed, noted


def main(file):
    os.nice(19)
    with open(file) as asked:
        asked = json.load(asked)
    states, roots = installed.fingerprint(), installed.roots()
    seen = noted.read(asked['seen'])
    names = [name for name, place in seen.items() if not place or place.startswith(roots)]
    found = trial(names, names, set(seen) - set(names), asked['code'], asked['without'])
    write(asked['record'], {'program': asked['program'], 'fingerprint': states, **found})


def trial(names, allowed, barred, code, without):
    """What came of it; {unusable: why} where nothing did."""
    asked = {'names': names, 'allowed': sorted(allowed), 'barred': sorted(barred), 'code': code, 'without': without}
    command = [sys.executable, sys.argv[0], 'try']
    # What modules print is not the outcome, which is the last line. All of the processes hold the pipe: it ends with the last.
    trying = subprocess.run(command, input=json.dumps(asked), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    lines = trying.stdout.splitlines()
    try:
        return json.loads(lines[-1])
    except (IndexError, ValueError):
        return {'unusable': 'the trial of its modules came to no end'}


def write(file, value):
    with open(file + '.new', 'w') as new:
        json.dump(value, new)
    os.replace(file + '.new', file)

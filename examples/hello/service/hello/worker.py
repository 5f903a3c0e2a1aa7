"""Keeps the greetings that were asked for: python3 -m hello.worker"""

import signal
import sys
import time

from hello import greetings


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print('waiting for greetings', flush=True)
    while True:
        try:
            job = greetings.next_job(seconds=30)
            if job:
                greetings.keep(job['name'])
                print('kept the greeting of %r' % job['name'], flush=True)
        except Exception as error:  # pylint: disable=broad-except
            print('worker: %s' % error, file=sys.stderr, flush=True)
            time.sleep(1)


if __name__ == '__main__':
    main()

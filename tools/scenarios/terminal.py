"""terminal.py COMMAND…: runs a command in a terminal of its own.

What is written to our stdin is typed there; what it shows, we write. Ends as the command did, 128 + n
after signal n. Killed, it takes the terminal away.
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios

child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 40, 132, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])

listening = [0, terminal]
while terminal in listening:
    for ready in select.select(listening, [], [])[0]:
        try:
            data = os.read(ready, 65536)
        except OSError:  # EIO: nobody has the terminal open any more
            data = b''
        if not data:
            listening.remove(ready)
        elif ready == 0:
            os.write(terminal, data)
        else:
            os.write(1, data)

status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
sys.exit(status if status >= 0 else 128 - status)

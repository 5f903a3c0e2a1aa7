"""What processes hold in memory, as Linux counts it."""

import contextlib
import os

PROC = os.environ.get('DEVENV_PROC', '/proc')
PAGE = os.sysconf('SC_PAGE_SIZE')


def read_children():
    """Process id to those of its children."""
    children = {}
    for entry in os.listdir(PROC):
        with contextlib.suppress(OSError, IndexError, ValueError):
            with open('%s/%d/stat' % (PROC, int(entry))) as stat:
                # PID (NAME) STATE PARENT …, and a name may hold anything
                parent = int(stat.read().rpartition(')')[2].split()[1])
            children.setdefault(parent, []).append(int(entry))
    return children


def of_tree(pid, children):
    """Bytes of a process and all below it. What several of them share counts once."""
    return of_process(pid) + sum(of_tree(child, children) for child in children.get(pid, []))


def of_process(pid):
    with contextlib.suppress(OSError):
        with open('%s/%d/smaps_rollup' % (PROC, pid)) as rollup:
            for line in rollup:
                if line.startswith('Pss:'):
                    return int(line.split()[1]) * 1024
    # An old kernel, or one that does not tell: what is shared counts for each.
    with contextlib.suppress(OSError, IndexError, ValueError):
        with open('%s/%d/statm' % (PROC, pid)) as statm:
            return int(statm.read().split()[1]) * PAGE
    return 0  # it has ended

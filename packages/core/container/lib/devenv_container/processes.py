"""Processes as Linux shows them: whose children they are, how old, and what they hold in memory."""

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


def started_at(pid):
    """When, in the kernel's ticks since the boot; infinity where it has gone."""
    with contextlib.suppress(OSError, IndexError, ValueError), open('%s/%d/stat' % (PROC, pid)) as stat:
        return int(stat.read().rpartition(')')[2].split()[19])
    return float('inf')


def memory_of_tree(pid, children):
    """Bytes of a process and all below it. What several of them share counts once."""
    return memory_of(pid) + sum(memory_of_tree(child, children) for child in children.get(pid, []))


def memory_of(pid):
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

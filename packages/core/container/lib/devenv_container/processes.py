"""Processes as Linux shows them: whose children they are, how old, and what they hold in memory."""

import contextlib
import os

PROC = os.environ.get('DEVENV_PROC', '/proc')
PAGE = os.sysconf('SC_PAGE_SIZE')


def read_children():
    """Process id to those of its children."""
    return by_owner({pid: parent for pid, (parent, _) in read_all().items()})


def read_members():
    """Process id to those that belong to it: its children, but one that has joined the group of another (lending.py) belongs to that."""
    found = read_all()
    return by_owner({
        pid: group if group != pid and group in found and found.get(parent, (0, 0))[1] != group else parent
        for pid, (parent, group) in found.items()})


def read_all():
    """Process id to its parent and its group."""
    found = {}
    for entry in os.listdir(PROC):
        with contextlib.suppress(OSError, IndexError, ValueError):
            with open('%s/%d/stat' % (PROC, int(entry))) as stat:
                # PID (NAME) STATE PARENT GROUP …, and a name may hold anything
                found[int(entry)] = tuple(map(int, stat.read().rpartition(')')[2].split()[1:3]))
    return found


def by_owner(owners):
    owned = {}
    for pid, owner in owners.items():
        owned.setdefault(owner, []).append(pid)
    return owned


def program_of(pid):
    """The program of supervisord that has started it, or what it descends from, as its environment tells; None where that does not."""
    with contextlib.suppress(OSError), open('%s/%d/environ' % (PROC, pid), 'rb') as environment:
        for variable in environment.read().split(b'\0'):
            if variable.startswith(b'SUPERVISOR_PROCESS_NAME='):
                return os.fsdecode(variable.partition(b'=')[2])
    return None


def started_at(pid):
    """When, in the kernel's ticks since the boot; infinity where it has gone."""
    with contextlib.suppress(OSError, IndexError, ValueError), open('%s/%d/stat' % (PROC, pid)) as stat:
        return int(stat.read().rpartition(')')[2].split()[19])
    return float('inf')


def memory_of_tree(pid, owned):
    """Bytes of a process and all below it. What several of them share counts once."""
    tree = [pid]
    for each in tree:
        tree += [below for below in owned.get(each, ()) if below not in tree]
    return sum(map(memory_of, tree))


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

import subprocess
import sys
import unittest

from helpers import InFolder
from devenv_container import processes


class Memory(InFolder):
    """What a program holds, and its children with it."""

    def test_a_program_holds_what_its_children_hold(self):
        child = "import subprocess, sys; held = b'x' * (40 << 20); print(flush=True); sys.stdin.read()"
        parent = 'import subprocess, sys; subprocess.run([sys.executable, "-c", %r])' % child
        process = subprocess.Popen([sys.executable, '-c', parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            process.stdout.readline()
            whole = processes.memory_of_tree(process.pid, processes.read_children())
            self.assertGreater(whole, 40 << 20)
            self.assertLess(processes.memory_of(process.pid), 40 << 20)
        finally:
            process.communicate()

    def test_what_the_kernel_does_not_share_out_counts_as_resident(self):
        self.proc({1: '1 (a) b) c) S 0 1', 7: '7 (x) S 1 1', 8: '8 (y) S 7 1'}, {7: '50 3', 8: '50 2'})
        self.assertEqual(processes.read_children(), {0: [1], 1: [7], 7: [8]})
        self.assertEqual(processes.memory_of_tree(7, processes.read_children()), 5 * processes.PAGE)

    def test_one_that_has_joined_the_group_of_another_is_its(self):
        # 7, a server, and its child 9 that stands in for 8, which has a child 10 in a group of its own.
        self.proc({7: '7 (x) S 1 7', 8: '8 (y) S 1 8', 9: '9 (y) S 7 8', 10: '10 (z) S 9 10', 11: '11 (z) S 7 7'}, {})
        self.assertEqual({owner: sorted(pids) for owner, pids in processes.read_members().items()}, {1: [7, 8], 8: [9], 9: [10], 7: [11]})

    def test_two_that_belong_to_each_other_are_counted_once(self):
        self.proc({7: '7 (x) S 1 8', 8: '8 (y) S 7 8'}, {7: '50 3', 8: '50 2'})
        self.assertEqual(processes.memory_of_tree(8, processes.read_members()), 5 * processes.PAGE)

    def test_a_process_that_has_ended_holds_nothing(self):
        self.proc({}, {})
        self.assertEqual(processes.memory_of_tree(7, processes.read_children()), 0)

    def proc(self, stats, statms):
        for pid, text in stats.items():
            (self.folder / 'proc' / str(pid)).mkdir(parents=True)
            (self.folder / 'proc' / str(pid) / 'stat').write_text(text)
            (self.folder / 'proc' / str(pid) / 'statm').write_text(statms.get(pid, '0 0'))
        (self.folder / 'proc' / 'self').mkdir(parents=True)
        before, processes.PROC = processes.PROC, str(self.folder / 'proc')
        self.addCleanup(setattr, processes, 'PROC', before)


if __name__ == '__main__':
    unittest.main()

"""What a submission leaves behind in a real worker."""

from __future__ import annotations

import sys

import pytest

from tests.sandbox.workers import Run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a part of Linux")


class TestLeftOver:
    """Nothing passes from one submission to the next."""

    def test_processes_are_killed(self, run: Run) -> None:
        said, raw = run("""
            import os, time
            for _ in range(3):
                if os.fork() == 0:
                    os.setpgid(0, 0)
                    if os.fork() == 0:
                        while True:
                            try:
                                open("still-here", "w").close()
                            except OSError:
                                pass
                            time.sleep(0.001)
                    os._exit(0)
            say("left")
        """)
        assert said == ["left"]
        assert raw.wall_s < 3  # although they hold the pipe open
        said, _ = run("import os, time; time.sleep(0.1); say(os.listdir())")
        assert said == [[]]

    def test_a_fork_bomb_is_bounded_and_ended(self, inside: Run) -> None:
        _, raw = inside(
            """
            import os
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
            """,
            wall_s=0.2,
        )
        assert raw.timed_out or (raw.exceeded is not None and raw.exceeded[0] == "timeout")
        said, _ = inside("import os; say([name for name in os.listdir('/proc') if name.isdigit()])")
        assert len(said[0]) == 2

    def test_files_of_every_kind_are_removed(self, run: Run) -> None:
        run("""
            import os, socket, tempfile
            top = tempfile.gettempdir()
            os.makedirs(f"{top}/closed/deeper"); open(f"{top}/closed/deeper/file", "w").close()
            os.chmod(f"{top}/closed/deeper", 0); os.chmod(f"{top}/closed", 0)
            os.mkdir(os.fsencode(top) + b"/\\xff\\n -rf *")
            os.symlink("/", f"{top}/link"); os.mkfifo(f"{top}/fifo")
            open(os.path.expanduser("~/.bashrc"), "w").close()
            for depth in range(3000):
                os.mkdir("d" * 200); os.chdir("d" * 200)
            open("bottom", "w").close(); os.chmod(".", 0)
            say("made")
        """)
        said, _ = run("""
            import os, tempfile
            say([sorted(os.listdir(tempfile.gettempdir())), os.listdir(), os.listdir(os.path.expanduser("~"))])
        """)
        assert said == [[["home", "work"], [], []]]

    def test_what_is_done_to_the_writable_folder_itself_is_undone(self, run: Run) -> None:
        look = """
            import os, tempfile
            top = tempfile.gettempdir()
            say([oct(os.stat(top).st_mode), os.listxattr(top)])
        """
        before, _ = run(look)
        run("""
            import os, tempfile
            top = tempfile.gettempdir()
            for action in (lambda: os.setxattr(top, "user.note", b"x"), lambda: os.chmod(top, 0)):
                try:
                    action()
                except OSError:
                    pass
        """)
        assert run(look)[0] == before

    def test_what_is_done_to_its_standard_files_is_undone(self, run: Run) -> None:
        look = """
            import fcntl
            say([[fcntl.fcntl(fd, command) for command in (fcntl.F_GETFL, fcntl.F_GETSIG)] for fd in range(3)])
        """
        before, _ = run(look)
        run("""
            import fcntl, os
            for fd in range(3):
                fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND)
                fcntl.flock(fd, fcntl.LOCK_EX)
                try:
                    fcntl.fcntl(fd, fcntl.F_SETSIG, 12)
                except OSError:
                    pass
        """)
        assert run(look)[0] == before

    def test_an_earlier_submission_is_not_in_the_memory_of_a_later_one(self, run: Run) -> None:
        before, _ = run(COUNT_IN_MEMORY)
        marker = "a very secret answer of student one"
        run(f"answer = '{marker}'; say(answer)", payload=marker.encode())
        after, _ = run(COUNT_IN_MEMORY)
        assert before[0][0] > 1024**2
        assert after[0][1] == before[0][1]  # the search's own copies


COUNT_IN_MEMORY = """
import mmap, re
marker = bytearray(b"eno tneduts fo rewsna terces yrev a")
marker.reverse()  # in place: the only copy
# Read into one buffer, which is cleared after each piece: other copies would be found later.
buffer = mmap.mmap(-1, 1 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
view, nothing = memoryview(buffer), bytes(1 << 20)
found = size = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in list(maps):
        start, end, mode = re.match("([0-9a-f]+)-([0-9a-f]+) (....)", line).groups()
        if mode.startswith("rw"):
            start, end = int(start, 16), int(end, 16)
            while start < end:
                memory.seek(start)
                count = memory.readinto(view[: min(end - start, len(buffer))])
                at = buffer.find(marker)
                while 0 <= at:
                    found += 1
                    at = buffer.find(marker, at + 1)
                buffer[:] = nothing
                size += count
                start += count if start + count == end else count - len(marker)
say([size, found])
"""

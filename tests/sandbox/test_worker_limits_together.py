"""Limits on what a run and all of its processes use together, in real workers."""

from __future__ import annotations

import sys

import pytest

from grader.sandbox.worker_handle import WorkerHandle
from tests.sandbox.workers import Run, run_on

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a part of Linux")

BUSY_S = 60.0
"""What ends a run here is no limit on its time, which would come first where the machine is busy."""


class TestLimitsTogether:
    """What a run and all its processes use together."""

    def test_memory_of_many_processes_is_limited(self, inside: Run) -> None:
        said, raw = inside(
            """
            import os, time
            say("before")
            for _ in range(12):
                if os.fork() == 0:
                    data = bytearray(os.urandom(1024**2) * 300)
                    time.sleep(60)
            time.sleep(60)
        """,
            wall_s=BUSY_S,
        )
        assert said == ["before"]
        assert raw.exceeded is not None
        assert raw.exceeded[0] == "memory"
        assert not raw.timed_out

    def test_a_few_children_that_share_its_memory_are_allowed(self, inside: Run) -> None:
        said, raw = inside(
            """
            import os, time
            data = bytearray(os.urandom(1024**2) * 100)
            children = [os.fork() for _ in range(2)]
            if 0 in children:
                time.sleep(0.5); os._exit(0)
            for child in children:
                os.waitpid(child, 0)
            say(len(data))
        """,
            wall_s=BUSY_S,
        )
        assert said == [100 * 1024**2]
        assert raw.exceeded is None

    def test_many_children_that_do_nothing_are_allowed(self, inside: Run) -> None:
        """Each counts with all of its memory, which it shares with the worker."""
        said, raw = inside(
            """
            import os, time
            data = bytearray(os.urandom(1024**2) * 100)
            for _ in range(12):
                if os.fork() == 0:
                    time.sleep(0.5); os._exit(0)
            say([os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(12)])
        """,
            wall_s=BUSY_S,
        )
        assert said == [[0] * 12]
        assert raw.exceeded is None

    def test_the_number_of_files_is_limited(self, run: Run) -> None:
        said, raw = run(
            """
            say("before")
            while True:
                for number in range(100_000):
                    open(f"file{number}", "w").close()
        """,
            wall_s=BUSY_S,
        )
        assert said == ["before"]
        assert raw.exceeded is not None
        assert raw.exceeded[0] == "output"
        assert not raw.timed_out
        assert run("import os; say(os.listdir())")[0] == [[]]

    def test_without_a_file_system_of_its_own_the_bytes_are_counted(self, reduced: WorkerHandle) -> None:
        _, raw = run_on(
            reduced,
            """
            import time
            for number in range(40):
                open(f"file{number}", "wb").write(bytes(1024**2)); time.sleep(0.02)
            time.sleep(60)
            """,
            wall_s=BUSY_S,
        )
        assert raw.exceeded is not None
        assert "8 MiB" in raw.exceeded[1]

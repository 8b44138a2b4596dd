"""How real workers, and the processes below them, end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.model import Level
from grader.runtime.protocol.frames import FrameError
from grader.sandbox import bubblewrap, launch, worker_handle
from grader.sandbox.worker_handle import WorkerHandle
from tests.sandbox.workers import LIMITS, descendants, eventually, innermost_worker, is_running, run_on, started

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a part of Linux")


HOST = """
import sys
from pathlib import Path
from grader.sandbox.worker_handle import WorkerHandle
from grader.model import Backward, Figure, Level, Limits, Outcome
worker = WorkerHandle.start(level=Level(sys.argv[1]), runtime=Path(sys.argv[2]))
worker.configure()
worker.run({"code": ""}, b"", Limits())
print("running", flush=True)
worker.run({"code": "import os, time\\nos.fork()\\ntime.sleep(60)"}, b"", Limits(wall_s=60))
"""


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


class TestLife:
    def test_the_end_of_the_host_is_the_end_of_everything(self, runtime: Path) -> None:
        for level in ("strict", "none"):
            if level == "strict" and bubblewrap.diagnose() is not None:
                continue
            host = subprocess.Popen(
                [sys.executable, "-c", HOST, level, str(runtime)],
                stdout=subprocess.PIPE,
                cwd=Path(__file__).resolve().parents[2],
            )
            assert host.stdout is not None
            assert host.stdout.readline() == b"running\n"
            size = 4 if level == "strict" else 3  # bubblewrap, the worker, its child, the child's child
            assert eventually(lambda: len(list(descendants(host.pid))) == size)  # noqa: B023 - called at once
            family = list(descendants(host.pid))
            host.kill()
            host.wait()
            host.stdout.close()
            assert eventually(lambda: not any(map(is_running, family))), level  # noqa: B023 - called at once

    def test_close_ends_a_running_child_at_once(self, runtime: Path) -> None:
        for level in (None, Level.NONE):
            worker = started(runtime, level)
            run_on(worker, "say(1)")
            known = innermost_worker()
            timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGUSR1))
            signal.signal(signal.SIGUSR1, _interrupt)
            timer.start()
            with pytest.raises(KeyboardInterrupt), worker:
                run_on(worker, "import time; time.sleep(60)", wall_s=60)
            timer.join()
            assert not worker.alive
            assert eventually(lambda: not is_running(known), 1.0)  # noqa: B023 - called at once
            worker.close()  # a second time does nothing

    def test_a_worker_that_is_killed_says_so(self, runtime: Path, caplog: pytest.LogCaptureFixture) -> None:
        with started(runtime, Level.NONE) as worker:
            run_on(worker, "say(1)")
            timer = threading.Timer(0.3, os.kill, (innermost_worker(), signal.SIGKILL))
            timer.start()
            with pytest.raises(SandboxError, match=r"The worker failed. It was killed, most likely because .* memory"):
                run_on(worker, "import time; time.sleep(2)")
            timer.join()
            assert not worker.alive
            with pytest.raises(SandboxError, match="a new one is needed"):
                run_on(worker, "say(1)")
        assert "The worker failed. It was killed" in caplog.text
        assert "Its standard error:" in caplog.text

    def test_a_job_that_is_too_large_is_refused_and_the_worker_lives(self, strict: WorkerHandle) -> None:
        with pytest.raises(FrameError, match="too large"):
            strict.run({"code": "x" * 5 * 1024**2}, b"", LIMITS)
        assert run_on(strict, "say(1)")[0] == [1]

    def test_many_jobs_leave_no_descriptor_behind(self, strict: WorkerHandle) -> None:
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(50):
            run_on(strict, "pass")
        assert len(list(Path("/proc/self/fd").iterdir())) == before

    def test_a_plain_worker_removes_its_folder(self, runtime: Path) -> None:
        with started(runtime, Level.NONE) as worker:
            said, _ = run_on(worker, "import os; say(os.environ['TMPDIR'])")
            assert Path(said[0]).is_dir()
        assert not Path(said[0]).exists()

    def test_a_worker_that_does_not_end_a_run_is_given_up_and_what_came_before_counts(
        self, runtime: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(worker_handle, "LATE_S", 0.2)
        monkeypatch.setattr(launch, "STOP_S", 0.1)
        with started(runtime, Level.NONE) as worker:
            code = """
                import os, signal, time
                say("before"); time.sleep(0.3)
                os.kill(os.getppid(), signal.SIGSTOP)
                time.sleep(60)
            """
            said, raw = run_on(worker, code, wall_s=0.5)
            assert said == ["before"]
            assert raw.timed_out
            assert raw.waited_s in (0.0, raw.wall_s)  # all of it, where other programs kept the worker waiting, too
            assert not worker.alive

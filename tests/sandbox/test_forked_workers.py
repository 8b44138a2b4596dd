"""Workers that another one has forked, into namespaces of their own: what they share, and how they end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.model import Level
from grader.sandbox import bubblewrap
from grader.sandbox.worker_handle import WorkerHandle
from tests.sandbox import boxes
from tests.sandbox.workers import SYSTEM_PYTHON, descendants, eventually, is_running, run_on, started, status_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a part of Linux")

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


class TestWhatTheyShare:
    def test_each_has_namespaces_and_a_user_of_its_own_and_nothing_has_a_privilege(
        self, zygote: WorkerHandle, forked: Sequence[WorkerHandle]
    ) -> None:
        facts = [boxes.look_inside(worker) for worker in forked]
        boxes.check(facts, status_of(boxes.pid_of(zygote)), boxes.about_this_process())

    def test_the_same_for_an_ordinary_user(self, runtime: Path) -> None:
        """Started by root, the tests say so for root; as another user they say it for that one already."""
        if os.getuid() != 0:
            pytest.skip("the tests run as an ordinary user")
        paths = [str(ROOT), sysconfig.get_path("purelib")]
        run = partial(
            subprocess.run,
            user=NOBODY,
            group=NOBODY,
            extra_groups=(),
            cwd=ROOT,
            env={"PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        for python in (sys.executable, str(SYSTEM_PYTHON)):
            try:
                readable = run([python, "-c", "import tests.sandbox.boxes"]).returncode == 0
            except OSError:
                readable = False
            if readable:
                break
        else:
            pytest.skip("no other user can read this Python installation")
        done = run([python, "-m", "tests.sandbox.boxes", str(runtime)])
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == {"why_alone": None, "uid": NOBODY}

    def test_the_same_is_mounted_as_for_a_worker_that_bubblewrap_started(
        self, strict: WorkerHandle, forked: Sequence[WorkerHandle]
    ) -> None:
        expected = boxes.mounts(boxes.look_inside(strict))
        for worker in forked:
            assert boxes.mounts(boxes.look_inside(worker)) == expected

    def test_nothing_of_one_is_seen_by_the_other_while_both_run(self, forked: Sequence[WorkerHandle]) -> None:
        code = """
            import os, time
            open("/scratch/tmp/work/secret", "w").close(); open("/dev/shm/secret", "w").close()
            say(os.getpid()); time.sleep(1)
        """
        other = threading.Thread(target=run_on, args=(forked[1], code))
        other.start()
        said, _ = run_on(
            forked[0],
            """
            import os, time
            seen = set()
            for _ in range(30):
                for top in ("/scratch/tmp", "/scratch/shm"):
                    seen |= {name for _, folders, files in os.walk(top) for name in (*folders, *files)}
                seen |= {name for name in os.listdir("/proc") if name.isdigit()} - {str(os.getpid())}
                time.sleep(0.02)
            say(sorted(seen))
            # The group of the process before the namespaces: a signal to it would reach the zygote.
            say([os.getpgid(1), os.getsid(1), os.getppid() == 1])
            """,
        )
        other.join()
        assert said == [["1", "home", "work"], [1, 1, True]]

    def test_the_limit_on_processes_is_that_of_each(self, forked: Sequence[WorkerHandle]) -> None:
        """Linux counts processes by user, and the workers of an ordinary user have the same."""
        code = """
            import os, time
            made = 0
            try:
                while made < 16:
                    if os.fork() == 0:
                        time.sleep(1); os._exit(0)
                    made += 1
            except OSError:
                pass
            say(made); time.sleep(0.5)
        """
        counts: list[int] = []
        threads = [
            threading.Thread(
                target=lambda worker: counts.append(run_on(worker, code, processes=12)[0][0]), args=(each,)
            )
            for each in forked
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert counts[0] == counts[1] >= 10


class TestWhereTheyCannotBeForked:
    def test_the_reason_is_said_before_the_imports(self, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        usual = bubblewrap.namespaces
        monkeypatch.setattr(bubblewrap, "namespaces", lambda *, forks_workers: usual())  # without the capabilities
        with started(runtime, None, workers=2) as worker:
            said = "No worker can be forked into namespaces of its own: [Errno 1] Operation not permitted: 'unshare'."
            assert worker.why_alone == said

    def test_so_it_is_without_namespaces(self, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bubblewrap, "binaries", lambda: ())
        with started(runtime, None, workers=2) as worker:
            assert worker.why_alone == "There are no namespaces."

    def test_memory_that_could_be_written_together_is_not_inherited(
        self, runtime: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A library that maps shared memory, or starts a thread, while it is imported."""
        folder = tmp_path / "packages"
        folder.mkdir()
        (folder / "shares.py").write_text("import mmap\nkept = mmap.mmap(-1, 4096)\n")
        (folder / "threads.py").write_text(
            "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        )
        for path in (tmp_path, folder):
            path.chmod(0o755)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
            patch.setattr("grader.sandbox.worker_handle.find_interpreter", _with_python_path(folder))
            for module, said in (("shares", "memory is shared"), ("threads", "there are 2 threads")):
                worker = WorkerHandle.start(level=Level.STRICT, runtime=runtime, workers=2)
                with worker:
                    worker.configure([module])
                    assert [each.alive for each in worker.split()] == [False, False]
                    assert f"Not all workers could be forked. Its standard error:\n{said}" in caplog.text


def _with_python_path(folder: Path) -> object:
    from dataclasses import replace

    from grader.sandbox.interpreter import find_interpreter

    return lambda python: replace(find_interpreter(python), python_path=(folder,))


HOST = """
import sys, threading
from pathlib import Path
from grader.sandbox.worker_handle import WorkerHandle
from grader.model import Level, Limits
zygote = WorkerHandle.start(level=Level.STRICT, runtime=Path(sys.argv[1]), workers=2)
zygote.configure()
code = "import os, time\\nos.fork()\\ntime.sleep(60)"
for worker in zygote.split():
    threading.Thread(target=worker.run, args=({"code": code}, b"", Limits(wall_s=60))).start()
print("running", flush=True)
"""


class TestLife:
    def test_each_is_ended_by_itself_and_all_end_with_the_one_that_forked_them(self, runtime: Path) -> None:
        with started(runtime, Level.STRICT, workers=4) as zygote:
            if (why := zygote.why_alone) is not None:
                pytest.skip(why)
            first, second, third, stopped = zygote.split()
            pids = [boxes.pid_of(worker) for worker in (first, second, third, stopped)]
            first.close()
            assert eventually(lambda: not is_running(pids[0]))
            assert run_on(second, "say(1)")[0] == [1]
            os.kill(pids[1], signal.SIGKILL)
            with pytest.raises(SandboxError, match=r"The worker failed"):
                run_on(second, "say(1)")
            assert not second.alive
            assert run_on(third, "say(1)")[0] == [1]
            # A socket that is closed with something unread in it says another error than a pipe.
            os.kill(pids[3], signal.SIGSTOP)
            timer = threading.Timer(0.3, os.kill, (pids[3], signal.SIGKILL))
            timer.start()
            with pytest.raises(SandboxError, match=r"The worker failed"):
                run_on(stopped, "say(1)", payload=bytes(1024**2))
            timer.join()
            zygote.close()
            with pytest.raises(SandboxError, match=r"The worker failed"):
                run_on(third, "say(1)")
            assert not third.alive
        assert not any(map(is_running, pids))

    def test_the_end_of_the_host_is_the_end_of_everything(self, runtime: Path, zygote: WorkerHandle) -> None:
        host = subprocess.Popen([sys.executable, "-c", HOST, str(runtime)], stdout=subprocess.PIPE, cwd=ROOT)
        assert host.stdout is not None
        assert host.stdout.readline() == b"running\n"
        # bubblewrap, the zygote, and two workers with a child and its child
        assert eventually(lambda: len(list(descendants(host.pid))) == 8)
        family = list(descendants(host.pid))
        host.kill()
        host.wait()
        host.stdout.close()
        assert eventually(lambda: not any(map(is_running, family)))

"""Real workers without namespaces."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.model import Level
from grader.sandbox.worker_handle import WorkerHandle
from tests.sandbox.workers import SYSTEM_PYTHON, eventually, is_running, run_on, started

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a part of Linux")


class TestReduced:
    """Landlock, a filter of system calls and limits, and no namespaces."""

    def test_it_says_what_it_is_made_of(self, reduced: WorkerHandle) -> None:
        assert reduced.isolation.level is Level.REDUCED
        assert {"landlock", "seccomp"} <= set(reduced.isolation.mechanisms)
        assert any("can see that files of the machine exist" in reason for reason in reduced.isolation.missing)
        assert reduced.isolation.is_as_asked

    def test_without_landlock_it_says_that_every_file_can_be_read(
        self, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = tmp_path / "runtime"
        shutil.copytree(runtime, old)
        (old / "server" / "landlock.py").write_text("def abi():\n    return 0\n")
        with started(old, Level.REDUCED) as worker:
            assert "landlock" not in worker.isolation.mechanisms
            assert "Linux 6.2" in worker.isolation.missing[0]
            assert "The submission can read every file that its user can read." in worker.isolation.missing
            assert run_on(worker, "open('/etc/passwd').close(); say('read')")[0] == ["read"]

    def test_where_the_worker_fails_the_processes_of_the_run_end(self, runtime: Path, tmp_path: Path) -> None:
        broken = tmp_path / "runtime"
        shutil.copytree(runtime, broken)
        with (broken / "server" / "usage.py").open("a") as file:
            file.write("\n\ndef _measure_buffers(pids):\n    yield None if len(pids) < 2 else 1 / 0\n")
        report = tmp_path / "pids"
        report.touch()
        with started(broken, Level.NONE) as worker, pytest.raises(GraderError, match="ZeroDivisionError"):
            run_on(
                worker,
                f"""
                import os, time
                child = os.fork()
                if child:
                    open({str(report)!r}, "w").write(f"{{os.getpid()}} {{child}}")
                time.sleep(60)
                """,
            )
        pids = [int(pid) for pid in report.read_text().split()]
        assert len(pids) == 2
        assert eventually(lambda: not any(is_running(pid) for pid in pids))

    def test_only_the_installation_can_be_read_and_only_the_folder_written(
        self, reduced: WorkerHandle, tmp_path: Path
    ) -> None:
        secret = tmp_path / "solution.py"
        secret.write_text("answer")
        said, _ = run_on(
            reduced,
            f"""
            import json, os, tempfile
            worker = f"/proc/{{os.getppid()}}"
            for path in ({str(secret)!r}, "/etc/passwd", {__file__!r}, "/proc/1/environ", f"{{worker}}/maps"):
                attempt(open, path)
            attempt(open, "/dev/zero")
            attempt(os.listdir, {str(tmp_path)!r})
            for path in ({str(secret)!r}, {str(tmp_path / "new")!r}, json.__file__):
                attempt(open, path, "a")
            attempt(os.truncate, {str(secret)!r}, 0)
            attempt(os.remove, {str(secret)!r})
            attempt(os.rename, {str(secret)!r}, "stolen")
            attempt(os.link, {str(secret)!r}, "linked")
            say(open(json.__file__).read(1)); say(open("/proc/self/comm").read() != "")
            open("own", "w").close(); os.mkdir("folder"); os.rename("own", "folder/own"); say(os.listdir("folder"))
            tempfile.TemporaryFile().close()
            """,
        )
        assert set(said[:14]) <= {errno.EACCES, errno.EXDEV, errno.EPERM}
        assert said[14:] == ["r", True, ["own"]]
        assert secret.read_text() == "answer"

    def test_what_landlock_cannot_refuse_the_filter_does(self, reduced: WorkerHandle, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        said, _ = run_on(
            reduced,
            f"""
            import os
            path = {str(tmp_path / "file")!r}
            attempt(os.chmod, path, 0o777)
            attempt(os.chown, path, 5, 5)
            attempt(os.utime, path, (0, 0))
            attempt(os.setxattr, path, "user.note", b"x")
            attempt(os.removexattr, path, "user.note")
            attempt(os.fchmod, os.open(os.__file__, os.O_RDONLY), 0)
            """,
        )
        assert said == [errno.EPERM] * 6

    def test_no_socket_reaches_out_and_no_file_sends_signals(self, reduced: WorkerHandle) -> None:
        said, _ = run_on(
            reduced,
            """
            import fcntl, os, socket
            for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC):
                attempt(socket.socketpair, socket.AF_UNIX, kind)
            attempt(socket.socketpair)
            attempt(socket.socketpair()[0].sendmsg, [b"x"])
            into, out = os.pipe()
            for command in (fcntl.F_SETOWN, fcntl.F_SETSIG, 15):
                attempt(fcntl.fcntl, into, command, 9)
            """,
        )
        assert said == [errno.EPERM] * 3 + ["done"] + [errno.EPERM] * 4

    @pytest.mark.parametrize(
        "hides",
        [
            "os.mkdir('closed', 0o300)",
            "for _ in range(40): os.mkdir('d' * 200); os.chdir('d' * 200)",
            "files = [open(f'file{n}', 'w+b') for n in range(12)]\n"
            "for n, file in enumerate(files): os.unlink(f'file{n}'); file.write(bytes(1024**2)); file.flush()",
        ],
    )
    def test_files_do_not_hide(self, reduced: WorkerHandle, hides: str) -> None:
        if os.geteuid() == 0 and "closed" in hides and "unprivileged user" not in reduced.isolation.mechanisms:
            pytest.skip("to root no folder is closed")
        _, raw = run_on(reduced, f"import os, time\n{hides}\ntime.sleep(60)")
        assert raw.exceeded is not None
        assert raw.exceeded[0] == "output"

    def test_what_is_to_be_hidden_in_the_installation_can_be_listed_and_not_read(self, runtime: Path) -> None:
        packages = Path(json.__file__).parent
        with started(runtime, Level.REDUCED, hide=[packages / "tool.py"]) as worker:
            said, _ = run_on(
                worker,
                f"""
                import os
                attempt(open, {str(packages / "tool.py")!r})
                say("tool.py" in os.listdir({str(packages)!r}))
                open({str(packages / "decoder.py")!r}).close(); import wsgiref.util; say("the rest is there")
                """,
            )
        assert said == [errno.EACCES, True, "the rest is there"]

    @pytest.mark.skipif(os.geteuid() != 0, reason="about root")
    def test_a_root_that_stays_root_has_no_privileges_and_no_children(self, reduced: WorkerHandle) -> None:
        if "unprivileged user" in reduced.isolation.mechanisms:
            pytest.skip("here it becomes an ordinary user")
        said, _ = run_on(
            reduced,
            """
            import os, threading
            say([line.split()[1] for line in open("/proc/self/status") if line.startswith("CapEff")])
            attempt(os.fork)
            thread = threading.Thread(target=say, args=("thread",)); thread.start(); thread.join()
            """,
        )
        assert said == [["0" * 16], errno.EPERM, "thread"]

    def test_there_are_no_sockets_and_no_signals_to_others(self, reduced: WorkerHandle) -> None:
        said, _ = run_on(
            reduced,
            """
            import os, socket
            attempt(socket.socket, socket.AF_INET)
            attempt(socket.socket, socket.AF_UNIX)
            attempt(os.kill, os.getppid(), 0)
            attempt(os.kill, -1, 0)
        """,
        )
        assert said == [errno.EPERM] * 4

    def test_the_worker_cannot_be_opened(self, reduced: WorkerHandle) -> None:
        said, _ = run_on(
            reduced,
            """
            import os
            say(os.getuid())
            attempt(open, f"/proc/{os.getppid()}/mem", "rb")
        """,
        )
        if said[0] != 0:  # root may open everything
            assert said[1] in (errno.EACCES, errno.EPERM)

    @pytest.mark.skipif(os.geteuid() != 0 or not SYSTEM_PYTHON.exists(), reason="needs root and a Python for everyone")
    def test_root_becomes_an_ordinary_user_where_that_user_can_read_the_installation(self, runtime: Path) -> None:
        with started(runtime, Level.REDUCED, python=SYSTEM_PYTHON) as worker:
            assert "unprivileged user" in worker.isolation.mechanisms
            said, _ = run_on(
                worker,
                """
                import os
                say(os.getuid() != 0)
                open("file", "w").close(); say(os.listdir())
                attempt(open, f"/proc/{os.getppid()}/mem", "rb")
                attempt(open, "/etc/shadow")
                """,
            )
        assert said == [True, ["file"], errno.EACCES, errno.EACCES]

"""Real workers in real sandboxes, with a stand-in for ``runtime/execute/run.py`` that runs any Python."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from grader.errors import SandboxError, UsageError
from grader.model import Backward, Figure, Level, Limits, Outcome
from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.raw_run import RawRun
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import RUNTIME, WorkerHandle
from tests.helpers.observing import Observer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a part of Linux")

STAND_IN = """
import json, os

def execute(job, payload, out_fd, work):
    def say(value):
        os.write(out_fd, json.dumps(value).encode() + b"\\n")

    def attempt(action, *arguments):
        try:
            action(*arguments)
        except OSError as error:
            say(error.errno)
        else:
            say("done")

    names = {"__name__": "__main__", "say": say, "attempt": attempt, "payload": payload, "out_fd": out_fd}
    try:
        exec(job["code"], names)
    except Exception as error:
        say(f"{type(error).__name__}: {error}")
"""

LIMITS = Limits(
    wall_s=5.0,
    memory_bytes=512 * 1024**2,
    disk_bytes=8 * 1024**2,
    observation_bytes=256 * 1024,
    processes=16,
    open_files=64,
)

STAYS = ("__init__.py", "__main__.py", "protocol", "server")
"""Of the runtime: all that does not run a submission."""

SYSTEM_PYTHON = Path("/usr/bin/python3")

Run = Callable[..., tuple[list[Any], RawRun]]


def limits(**changes: Any) -> Limits:
    return Limits(**{name: getattr(LIMITS, name) for name in LIMITS.__slots__} | changes)


def run_on(worker: WorkerHandle, code: str, *, payload: bytes = b"", **changes: Any) -> tuple[list[Any], RawRun]:
    """Run code in a child; what it said with ``say``, and the rest."""
    raw = worker.run({"code": textwrap.dedent(code)}, payload, limits(**changes))
    said = []
    for line in raw.stream.splitlines():
        with suppress(ValueError):  # not said, but written by other means
            said.append(json.loads(line))
    return said, raw


@pytest.fixture(scope="module")
def runtime() -> Iterator[Path]:
    """The runtime as it is, but for what runs a submission, where every user can read it."""
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o755)
        folder = Path(top, "runtime")
        folder.mkdir()
        for name in STAYS:
            copy = shutil.copytree if (RUNTIME / name).is_dir() else shutil.copy
            copy(RUNTIME / name, folder / name)
        (folder / "execute").mkdir()
        (folder / "execute" / "__init__.py").touch()
        (folder / "execute" / "run.py").write_text(STAND_IN)
        yield folder


def started(runtime: Path, level: Level | None, **options: Any) -> WorkerHandle:
    worker = WorkerHandle.start(level=level, runtime=runtime, disk_bytes=LIMITS.disk_bytes, **options)
    worker.configure()
    return worker


@pytest.fixture(scope="module")
def strict(runtime: Path) -> Iterator[WorkerHandle]:
    if bubblewrap.diagnose() is not None or seccomp.diagnose() is not None:
        pytest.skip("this machine has no namespaces or no seccomp")
    with started(runtime, Level.STRICT) as worker:
        yield worker


@pytest.fixture(scope="module")
def plain(runtime: Path) -> Iterator[WorkerHandle]:
    with started(runtime, Level.NONE) as worker:
        yield worker


@pytest.fixture(scope="module")
def reduced(runtime: Path) -> Iterator[WorkerHandle]:
    if seccomp.diagnose() is not None:
        pytest.skip("this machine has no seccomp")
    with started(runtime, Level.REDUCED) as worker:
        yield worker


@pytest.fixture(scope="module")
def afresh(runtime: Path) -> Iterator[WorkerHandle]:
    """A worker that does not fork."""
    with started(runtime, Level.NONE, forks=False) as worker:
        yield worker


@pytest.fixture(params=["strict", "plain", "afresh"])
def run(request: pytest.FixtureRequest) -> Run:
    """The same promises at the strongest and at the weakest level, and where nothing can be forked."""
    worker: WorkerHandle = request.getfixturevalue(request.param)
    return lambda code, **options: run_on(worker, code, **options)


@pytest.fixture
def inside(strict: WorkerHandle) -> Run:
    return lambda code, **options: run_on(strict, code, **options)


def descendants(pid: int) -> Iterator[int]:
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            yield child
            yield from descendants(child)


def is_running(pid: int) -> bool:
    """Not so once it is a zombie, which the system's first process may leave lying for a while."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def innermost_worker() -> int:
    """Process id of the worker that was started last. Not the greatest one: process ids start again from the bottom."""
    return max(descendants(os.getpid()), key=lambda pid: (started_at(pid), depth(pid)))


def started_at(pid: int) -> int:
    """When a process was started, in ticks since the machine was."""
    return int(stat_of(pid)[19])


def depth(pid: int) -> int:
    """How many processes lie between it and this one."""
    parent = int(stat_of(pid)[1])
    return 0 if parent in (0, 1, os.getpid()) else 1 + depth(parent)


def stat_of(pid: int) -> list[str]:
    """The fields of a process's state, from the third on: the second, its name, may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def eventually(condition: Callable[[], bool], timeout_s: float = 5.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


class TestRun:
    def test_passes_the_job_in_and_the_stream_out(self, run: Run) -> None:
        said, raw = run("say([1, payload.decode()])", payload=b"hidden inputs")
        assert said == [[1, "hidden inputs"]]
        assert (raw.exit, raw.signal, raw.timed_out, raw.truncated) == (0, None, False, False)
        assert 0 < raw.cpu_s < 5
        assert 0 < raw.wall_s < 5

    def test_takes_a_payload_of_many_megabytes(self, run: Run) -> None:
        said, _ = run("say(len(payload)); say(payload[-3:].decode())", payload=bytes(20 * 1024**2) + b"end")
        assert said == [20 * 1024**2 + 3, "end"]

    def test_starts_in_an_empty_folder_with_a_home_of_its_own(self, run: Run) -> None:
        said, _ = run("""
            import os, tempfile
            say(os.getcwd() == os.path.join(tempfile.gettempdir(), "work"))
            say([os.listdir(), os.listdir(os.path.expanduser("~"))])
            open("note.txt", "w").write("x"); say(os.listdir())
        """)
        assert said == [True, [[], []], ["note.txt"]]

    def test_hands_nothing_of_the_hosts_environment_in(self, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COURSE_TOKEN", "secret")
        for level in (None, Level.NONE):
            with started(runtime, level) as worker:
                said, _ = run_on(worker, "import os; say(dict(os.environ))")
            assert "COURSE_TOKEN" not in said[0]
            assert said[0]["USER"] == "student"

    def test_os_exit_ends_the_child_with_its_status(self, run: Run) -> None:
        said, raw = run("import os; say('before'); os._exit(3)")
        assert (said, raw.exit, raw.signal) == (["before"], 3, None)

    def test_a_crash_is_told_by_its_signal(self, run: Run) -> None:
        said, raw = run("import ctypes; say('before'); ctypes.string_at(0)")
        assert (said, raw.exit, raw.signal) == (["before"], None, signal.SIGSEGV)

    def test_an_exception_out_of_execute_has_a_status_of_its_own(self, run: Run) -> None:
        _, raw = run("raise SystemExit(0)")
        assert raw.exit == 70

    def test_an_endless_loop_is_killed_and_what_came_before_it_kept(self, run: Run) -> None:
        said, raw = run("say('before')\nwhile True: pass", wall_s=0.2)
        assert (said, raw.timed_out, raw.signal) == (["before"], True, signal.SIGKILL)
        assert 0.5 < raw.wall_s < 4.0
        assert raw.cpu_s > 0

    def test_a_child_that_ignores_every_signal_is_killed_at_its_limit(self, run: Run) -> None:
        _, raw = run(
            """
            import signal, time
            for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
                signal.signal(number, signal.SIG_IGN)
            time.sleep(60)
            """,
            wall_s=0.1,
        )
        assert raw.timed_out

    def test_a_gigabyte_of_output_is_cut_off(self, run: Run) -> None:
        _, raw = run("import os\nfor _ in range(1024): os.write(out_fd, bytes(1024**2))")
        assert raw.truncated
        assert not raw.timed_out
        assert len(raw.stream) == LIMITS.observation_bytes

    def test_exactly_as_much_output_as_is_allowed_is_not_cut_off(self, run: Run) -> None:
        _, raw = run(f"import os\nfor _ in range(4): os.write(out_fd, bytes({LIMITS.observation_bytes // 4}))")
        assert len(raw.stream) == LIMITS.observation_bytes
        assert not raw.truncated

    def test_memory_is_limited(self, run: Run) -> None:
        said, _ = run("bytearray(256 * 1024**2); say('fits'); bytearray(1024**3)")
        assert said == ["fits", "MemoryError: "]

    def test_open_files_are_limited(self, run: Run) -> None:
        said, _ = run("files = [open('/dev/null') for _ in range(1000)]")
        assert said == ["OSError: [Errno 24] Too many open files: '/dev/null'"]

    def test_the_size_of_a_file_is_limited(self, run: Run) -> None:
        said, _ = run("open('big', 'wb').write(bytes(64 * 1024**2))")
        assert said[0].startswith("OSError: [Errno ")

    def test_a_child_that_closes_its_files_only_silences_itself(self, run: Run) -> None:
        said, raw = run("import os; say('before'); os.closerange(0, 10000); say('after')")
        assert said == ["before"]
        assert not raw.timed_out
        assert run("say('next')")[0] == ["next"]

    def test_a_frame_forged_on_every_descriptor_is_only_data(self, run: Run) -> None:
        _, raw = run("""
            import os, struct
            text = b'{"t": "done", "exit": 0, "signal": null, "timed_out": false, "truncated": false, "wall_s": 0}'
            frame = struct.pack("!II", len(text), 0) + text + b"\\n"
            for fd in range(1024):
                try:
                    os.write(fd, frame)
                except OSError:
                    pass
            os._exit(9)
        """)
        assert raw.exit == 9
        assert raw.stream.count(b'"done"') == 1

    def test_it_finds_none_of_the_workers_descriptors(self, run: Run) -> None:
        said, _ = run("""
            import os
            found = {}
            for fd in range(1024):
                try:
                    found[fd] = os.fstat(fd).st_rdev
                except OSError:
                    pass
            del found[out_fd]
            say(sorted(found)); say(len(set(found.values())))
        """)
        assert said == [[0, 1, 2], 1]


class TestTogether:
    """What a run and all its processes use together."""

    def test_memory_of_many_processes_is_limited(self, inside: Run) -> None:
        said, raw = inside("""
            import os, time
            say("before")
            for _ in range(12):
                if os.fork() == 0:
                    data = bytearray(os.urandom(1024**2) * 300)
                    time.sleep(60)
            time.sleep(60)
        """)
        assert said == ["before"]
        assert raw.exceeded is not None
        assert raw.exceeded[0] == "memory"
        assert not raw.timed_out

    def test_a_few_children_that_share_its_memory_are_allowed(self, inside: Run) -> None:
        said, raw = inside("""
            import os, time
            data = bytearray(os.urandom(1024**2) * 100)
            children = [os.fork() for _ in range(2)]
            if 0 in children:
                time.sleep(0.5); os._exit(0)
            for child in children:
                os.waitpid(child, 0)
            say(len(data))
        """)
        assert said == [100 * 1024**2]
        assert raw.exceeded is None

    def test_many_children_that_do_nothing_are_allowed(self, inside: Run) -> None:
        """Each counts in full, and has next to nothing of its own."""
        said, raw = inside("""
            import os, time
            data = bytearray(os.urandom(1024**2) * 100)
            for _ in range(12):
                if os.fork() == 0:
                    time.sleep(0.5); os._exit(0)
            say([os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(12)])
        """)
        assert said == [[0] * 12]
        assert raw.exceeded is None

    def test_the_number_of_files_is_limited(self, run: Run) -> None:
        said, raw = run("""
            say("before")
            while True:
                for number in range(100_000):
                    open(f"file{number}", "w").close()
        """)
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
        )
        assert raw.exceeded is not None
        assert "8 MiB" in raw.exceeded[1]


class TestLeftOver:
    """Nothing passes from one submission to the next."""

    def test_processes_are_killed(self, run: Run) -> None:
        said, raw = run("""
            import os, time
            for _ in range(3):
                if os.fork() == 0:
                    os.setsid()
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
        assert raw.wall_s < 3  # though they hold the pipe
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
        assert raw.timed_out
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


class TestWall:
    """What a submission cannot reach from inside namespaces."""

    def test_is_strict(self, strict: WorkerHandle) -> None:
        isolation = strict.isolation
        assert isolation.level is Level.STRICT
        assert {"bubblewrap", "pid namespace", "network namespace", "seccomp"} <= set(isolation.mechanisms)
        assert isolation.missing == ()

    def test_it_is_an_ordinary_user(self, inside: Run) -> None:
        said, _ = inside("import os; say([os.getuid(), os.geteuid(), os.getgid(), os.getgroups()])")
        assert 0 not in said[0]
        assert 0 not in said[0][3]

    def test_it_cannot_become_another_user(self, inside: Run) -> None:
        said, _ = inside("import os\nfor change in (os.setuid, os.setgid): attempt(change, 0)")
        assert said == [errno.EPERM] * 2

    def test_there_is_no_network(self, inside: Run) -> None:
        said, _ = inside("""
            import socket
            for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET, socket.AF_VSOCK):
                attempt(socket.socket, family)
            attempt(socket.socket, socket.AF_UNIX)
            say(open("/proc/net/dev").read().count(":"))
        """)
        assert said == [errno.EPERM] * 5 + ["done", 1]

    def test_nothing_of_the_hosts_files_is_there(self, inside: Run, tmp_path: Path) -> None:
        secret = tmp_path / "solution.py"
        secret.write_text("answer")
        repository = Path(__file__).resolve().parents[2]
        wanted = [
            secret,
            Path(__file__),
            "/etc/shadow",
            "/etc/passwd",
            "/home",
            repository / "grader",
            repository / "solutions",
        ]
        said, _ = inside(f"""
            import os
            say([path for path in {[str(path) for path in wanted]} if os.path.exists(path)])
            say(sorted(os.listdir("/opt/runtime")))
        """)
        assert said[0] == []
        assert said[1] == sorted([*STAYS, "execute"])

    def test_the_judge_is_not_there(self, inside: Run) -> None:
        said, _ = inside("import grader.model")
        assert said == ["ModuleNotFoundError: No module named 'grader.model'"] or said == [
            "ModuleNotFoundError: No module named 'grader'"
        ]

    def test_what_is_to_be_hidden_is_hidden_inside_the_installation(self, runtime: Path) -> None:
        packages = Path(json.__file__).parent
        hidden = [packages, Path(textwrap.__file__)]
        with started(runtime, Level.STRICT, hide=[packages / "tool.py", packages.parent / "wsgiref"]) as worker:
            said, _ = run_on(
                worker,
                f"import os; say(os.path.getsize({str(packages / 'tool.py')!r})); "
                f"say(os.listdir({str(packages.parent / 'wsgiref')!r}))",
            )
        assert said == [0, []]
        assert all(path.exists() for path in hidden)

    def test_only_the_temporary_directory_is_writable(self, inside: Run) -> None:
        said, _ = inside("""
            import os
            writable = []
            for folder, folders, files in os.walk("/"):
                if folder in ("/proc", "/sys", os.environ["TMPDIR"]) or folder.count("/") > 4:
                    folders.clear()
                elif os.access(folder, os.W_OK):
                    writable.append(folder)
            say(writable)
            for path in ("/x", "/dev/shm/x", "/opt/runtime/x", "/proc/sys/kernel/core_pattern", "/usr/lib/x"):
                try:
                    open(path, "w").close()
                except OSError as error:
                    say(error.errno)
                else:
                    say(path)
        """)
        assert said[0] == []
        assert set(said[1:]) <= {errno.EROFS, errno.EACCES, errno.ENOENT}

    def test_the_disk_is_small(self, inside: Run) -> None:
        said, _ = inside("""
            for number in range(100):
                open(f"file{number}", "wb").write(bytes(1024**2))
        """)
        assert said == [f"OSError: [Errno {errno.ENOSPC}] No space left on device"]
        assert inside("open('file', 'wb').write(bytes(1024**2)); say('room again')")[0] == ["room again"]

    def test_the_worker_cannot_be_opened(self, inside: Run) -> None:
        said, _ = inside("""
            import os
            for name in ("mem", "environ", "maps", "fd/100", "root", "cwd"):
                attempt(open, f"/proc/1/{name}", "rb")
            attempt(os.listdir, "/proc/1/fd")
        """)
        assert set(said) <= {errno.EACCES, errno.EPERM}

    def test_the_worker_cannot_be_touched(self, inside: Run) -> None:
        said, _ = inside("""
            import ctypes, os, resource
            libc = ctypes.CDLL(None, use_errno=True)
            PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206
            def call(function, *arguments):
                if function(*arguments) == -1:
                    raise OSError(ctypes.get_errno(), "")
            attempt(call, libc.ptrace, PTRACE_ATTACH, 1, 0, 0)
            attempt(call, libc.ptrace, PTRACE_SEIZE, 1, 0, 0)
            attempt(call, libc.process_vm_readv, 1, None, 0, None, 0, 0)
            attempt(resource.prlimit, 1, resource.RLIMIT_AS, (1, 1))
            attempt(os.setpriority, os.PRIO_PROCESS, 1, 19)
            attempt(os.setpriority, os.PRIO_USER, 0, 19)
            attempt(os.sched_setaffinity, 1, {0})
        """)
        assert said == [errno.EPERM] * 7

    def test_the_worker_survives_every_signal(self, strict: WorkerHandle, inside: Run) -> None:
        inside("""
            import os, signal
            for number in signal.valid_signals():
                os.kill(1, number)
            os.kill(-1, signal.SIGKILL)
        """)
        assert strict.alive
        assert inside("say('alive')")[0] == ["alive"]

    def test_no_new_namespace_or_mount_is_to_be_had(self, inside: Run) -> None:
        said, _ = inside("""
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            def call(function, *arguments):
                if function(*arguments) == -1:
                    raise OSError(ctypes.get_errno(), "")
            attempt(call, libc.unshare, 0x10000000)
            attempt(call, libc.mount, b"none", b"/tmp", b"tmpfs", 0, None)
            attempt(call, libc.setns, 0, 0)
            attempt(call, libc.chroot, b"/tmp")
        """)
        assert said == [errno.EPERM] * 4

    def test_torch_threads_and_plots_work(self, runtime: Path) -> None:
        pytest.importorskip("matplotlib")
        with WorkerHandle.start(level=Level.STRICT, runtime=runtime) as worker:
            worker.configure(["torch", "matplotlib.pyplot"])
            said, raw = run_on(
                worker,
                """
                import io, threading
                import matplotlib.pyplot as plt, torch
                x = torch.arange(4.0, requires_grad=True)
                thread = threading.Thread(target=lambda: (x * x).sum().backward())
                thread.start(); thread.join()
                say(x.grad.tolist())
                plt.plot([1, 2]); image = io.BytesIO(); plt.savefig(image); say(image.getvalue()[1:4].decode())
                say(torch.linalg.solve(torch.eye(300), torch.ones(300, 1)).sum().item())
                """,
            )
        assert said == [[0.0, 2.0, 4.0, 6.0], "PNG", 300.0]
        assert raw.exit == 0


class TestAfresh:
    """Where nothing can be forked each submission gets an interpreter of its own, with all that it needs."""

    def test_a_submission_is_observed(self) -> None:
        with WorkerHandle.start(level=Level.REDUCED, forks=False) as worker:
            worker.configure(["torch", "matplotlib.pyplot"])
            for _ in range(2):
                observation = Observer(Sandbox(worker, WorkerHandle.start))(
                    "import torch\nx = torch.ones(2, requires_grad=True)\n(x * x).sum().backward()\n"
                    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
                )
                assert observation.outcome is Outcome.COMPLETED, observation.detail
                assert {type(event) for event in observation.events} == {Backward, Figure}

    def test_its_clock_starts_when_all_is_imported(self, runtime: Path, tmp_path: Path) -> None:
        slow = tmp_path / "runtime"
        shutil.copytree(runtime, slow)
        (slow / "execute" / "run.py").write_text(f"import time\ntime.sleep(1.5)\n{STAND_IN}")
        with started(slow, Level.NONE, forks=False) as worker:
            said, raw = run_on(worker, "say(1)", wall_s=0.5)
        assert (said, raw.timed_out) == ([1], False)
        assert raw.wall_s < 1

    def test_a_runtime_that_cannot_be_imported_is_told(self, runtime: Path, tmp_path: Path) -> None:
        broken = tmp_path / "runtime"
        shutil.copytree(runtime, broken)
        (broken / "execute" / "run.py").write_text("raise OSError('libtorch.so: file too short')")
        with (
            started(broken, Level.NONE, forks=False) as worker,
            pytest.raises(SandboxError, match=r"libtorch\.so: file too short"),
        ):
            run_on(worker, "say(1)")


class TestReduced:
    """Landlock, a filter of system calls and limits, and no namespaces."""

    def test_it_says_what_it_is_made_of(self, reduced: WorkerHandle) -> None:
        assert reduced.isolation.level is Level.REDUCED
        assert {"landlock", "seccomp"} <= set(reduced.isolation.mechanisms)
        assert any("can see that files of the machine exist" in reason for reason in reduced.isolation.missing)

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
        assert set(said[:13]) <= {errno.EACCES, errno.EXDEV, errno.EPERM}
        assert said[13:] == ["r", True, ["own"]]
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
            into, out = os.pipe()
            for command in (fcntl.F_SETOWN, fcntl.F_SETSIG, 15):
                attempt(fcntl.fcntl, into, command, 9)
            """,
        )
        assert said == [errno.EPERM] * 3 + ["done"] + [errno.EPERM] * 3

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


class TestLife:
    def test_the_end_of_the_host_is_the_end_of_everything(self, runtime: Path) -> None:
        for level in ("strict", "none"):
            if level == "strict" and bubblewrap.diagnose() is not None:
                continue
            host = subprocess.Popen(
                [sys.executable, "-c", HOST, level, str(runtime)],
                stdout=subprocess.PIPE, cwd=Path(__file__).resolve().parents[2],
            )  # fmt: skip
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

    def test_a_worker_that_is_killed_says_so(self, runtime: Path) -> None:
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

    def test_a_job_that_is_too_large_is_refused_and_the_worker_lives(self, strict: WorkerHandle) -> None:
        with pytest.raises(SandboxError, match="too large"):
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


class TestStart:
    def test_versions_come_before_anything_is_imported(self, strict: WorkerHandle) -> None:
        assert strict.versions["python"] == ".".join(map(str, sys.version_info[:3]))
        assert set(strict.versions) == {"python", "torch", "numpy", "matplotlib"}

    def test_where_namespaces_are_refused_a_plain_process_serves(
        self, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refusing = tmp_path / "bwrap"
        refusing.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
        refusing.chmod(0o755)
        monkeypatch.setattr(bubblewrap, "binaries", lambda: (refusing,))
        with started(runtime, None) as worker:
            assert run_on(worker, "say('works')")[0] == ["works"]
            isolation = worker.isolation
        assert isolation.level in (Level.REDUCED, Level.NONE)
        assert "bubblewrap" not in isolation.mechanisms
        assert "No permissions to create new namespace" in isolation.missing[0]

    def test_strict_is_refused_where_it_is_not_to_be_had(
        self, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refusing = tmp_path / "bwrap"
        refusing.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
        refusing.chmod(0o755)
        monkeypatch.setattr(bubblewrap, "binaries", lambda: (refusing,))
        with pytest.raises(SandboxError, match=r"strict` is not possible here: .*uid map: Permission denied"):
            started(runtime, Level.STRICT)
        monkeypatch.setattr(bubblewrap, "binaries", lambda: ())
        with pytest.raises(SandboxError, match=r"`--isolation strict` is not possible here"):
            started(runtime, Level.STRICT)

    def test_without_seccomp_namespaces_alone_are_reduced(self, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        if bubblewrap.diagnose() is not None:
            pytest.skip("this machine has no namespaces")
        monkeypatch.setattr(seccomp, "diagnose", lambda: "libseccomp is not installed.")
        with started(runtime, None) as worker:
            assert worker.isolation.level is Level.REDUCED
            assert worker.isolation.missing == ("No filter of system calls: libseccomp is not installed.",)
            assert run_on(worker, "say('works')")[0] == ["works"]
        with pytest.raises(SandboxError, match="libseccomp is not installed"):
            started(runtime, Level.STRICT)

    def test_landlock_alone_is_not_enough(self, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(seccomp, "diagnose", lambda: "libseccomp is not installed.")
        monkeypatch.setattr(bubblewrap, "binaries", lambda: ())
        with started(runtime, None) as worker:
            assert worker.isolation.level is Level.NONE
            assert "landlock" in worker.isolation.mechanisms
            assert any("can use the network" in reason for reason in worker.isolation.missing)
            assert run_on(worker, "attempt(open, '/etc/passwd')")[0] == [errno.EACCES]
        with pytest.raises(SandboxError, match=r"reduced` is not possible here: .*libseccomp is not installed"):
            started(runtime, Level.REDUCED)

    def test_a_python_that_is_not_there(self) -> None:
        with pytest.raises(UsageError, match="there is no such file"):
            WorkerHandle.start(python=Path("/nowhere/python3"))

    def test_a_python_that_is_none(self) -> None:
        with pytest.raises(UsageError, match="no Python interpreter"):
            WorkerHandle.start(python=Path("/bin/ls"))

    def test_a_python_that_is_too_old(self, tmp_path: Path) -> None:
        old = tmp_path / "python3.9"
        old.write_text('#!/bin/sh\necho \'["/usr", "/usr", null, [3, 9]]\'\n')
        old.chmod(0o755)
        with pytest.raises(UsageError, match=r"this is Python 3.9; submissions run with Python 3.11 or newer"):
            WorkerHandle.start(python=old)

    def test_another_python_is_used(self, runtime: Path) -> None:
        other = Path(sys.base_prefix, "bin", "python3")
        with WorkerHandle.start(python=other, runtime=runtime) as worker:
            said, _ = run_on(worker, "import sys; say(sys.prefix)")
        assert said == [sys.base_prefix]

    def test_a_python_without_torch(self) -> None:
        with WorkerHandle.start(python=Path(sys.base_prefix, "bin", "python3")) as worker:
            if worker.versions["torch"] is not None:
                pytest.skip("torch is installed there")
            with pytest.raises(UsageError, match=r"torch.* not installed for .*python3"):
                worker.run({}, b"", LIMITS)
            assert not worker.alive

    def test_a_runtime_that_cannot_be_imported(self, runtime: Path, tmp_path: Path) -> None:
        broken = tmp_path / "runtime"
        shutil.copytree(runtime, broken)
        (broken / "execute" / "run.py").write_text("raise OSError('libtorch.so: file too short')")
        with WorkerHandle.start(runtime=broken) as worker:
            if None in (worker.versions["torch"], worker.versions["numpy"]):
                pytest.skip("torch is not installed here")
            with pytest.raises(SandboxError, match=r"torch cannot be imported .*libtorch.so: file too short"):
                worker.run({}, b"", LIMITS)

    def test_the_import_of_the_worker_is_light(self) -> None:
        heavy = {"numpy", "pydantic", "rich", "torch"}
        code = f"import sys, grader.sandbox.worker_handle; print(sorted({heavy} & set(sys.modules)))"
        answer = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            cwd=Path(__file__).resolve().parents[2],
        )  # fmt: skip
        assert answer.stdout == "[]\n"

    def test_the_fonts_are_looked_for_once(
        self, runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pytest.importorskip("matplotlib")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        look = "from matplotlib import font_manager as f; say(len(f.fontManager.ttflist) > 10)"
        for _ in range(2):
            with WorkerHandle.start(runtime=runtime) as worker:
                worker.configure(["matplotlib.font_manager"])
                assert run_on(worker, look)[0] == [True]
        lists = [json.loads(path.read_text()) for path in tmp_path.rglob("fonts/*.json")]
        assert len(lists) == 1
        assert next(iter(lists[0])).startswith("fontlist-")


COUNT_IN_MEMORY = """
import ctypes, mmap, re
ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # be dumpable, or one's own memory cannot be opened
marker = bytearray(b"eno tneduts fo rewsna terces yrev a")
marker.reverse()  # in place: the only copy
# Read into one buffer, which is wiped before the next piece: copies of what was read would be found again later.
buffer = mmap.mmap(-1, 1 << 20)
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

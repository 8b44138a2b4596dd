"""What a submission cannot reach from inside namespaces, tried in a real worker."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from grader.model import Level
from grader.sandbox.worker_handle import WorkerHandle
from tests.sandbox.workers import STAYS, Run, run_on

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a part of Linux")


@pytest.fixture(params=["bubblewrap", "forked"])
def boxed(request: pytest.FixtureRequest) -> WorkerHandle:
    """A worker that bubblewrap started, and one that was forked by another worker."""
    worker: WorkerHandle = (
        request.getfixturevalue("strict") if request.param == "bubblewrap" else request.getfixturevalue("forked")[0]
    )
    return worker


@pytest.fixture
def inside(boxed: WorkerHandle) -> Run:
    return lambda code, **options: run_on(boxed, code, **options)


class TestNamespaces:
    """What a submission cannot reach from inside namespaces."""

    def test_is_strict(self, boxed: WorkerHandle) -> None:
        isolation = boxed.isolation
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
            for path in ("/x", "/dev/x", "/opt/runtime/x", "/proc/sys/kernel/core_pattern", "/usr/lib/x"):
                try:
                    open(path, "w").close()
                except OSError as error:
                    say(error.errno)
                else:
                    say(path)
        """)
        # To an ordinary user, whose worker has the same user, the disk belongs. The worker checks what is on it.
        assert set(said[0]) <= (set() if os.getuid() == 0 else {"/scratch", "/scratch/shm"})
        assert set(said[1:]) <= {errno.EROFS, errno.EACCES, errno.ENOENT}

    def test_the_disk_is_small(self, inside: Run) -> None:
        said, _ = inside("""
            for number in range(100):
                open(f"file{number}", "wb").write(bytes(1024**2))
        """)
        assert said == [f"OSError: [Errno {errno.ENOSPC}] No space left on device"]
        assert inside("open('file', 'wb').write(bytes(1024**2)); say('room again')")[0] == ["room again"]

    def test_shared_memory_counts_as_files_and_is_removed_with_them(self, inside: Run) -> None:
        said, _ = inside("""
            import os
            from multiprocessing import Lock, shared_memory
            say(os.listdir("/dev/shm"))
            shared = shared_memory.SharedMemory(name="note", create=True, size=4096)
            lock = Lock()
            os.mkdir("/dev/shm/folder"); open("/dev/shm/folder/file", "wb").write(bytes(6 * 1024**2))
            open("file", "wb").write(bytes(3 * 1024**2))
        """)
        assert said == [[], f"OSError: [Errno {errno.ENOSPC}] No space left on device"]
        # A link is removed, and what it leads to stays.
        said, _ = inside("""
            import os
            say(os.listdir("/dev/shm"))
            os.symlink("/opt/runtime", "/dev/shm/link")
        """)
        assert said == [[]]
        assert inside("import os; say([os.listdir('/dev/shm'), len(os.listdir('/opt/runtime'))])")[0] == [
            [[], len(STAYS) + 1]
        ]

    def test_there_are_no_terminals(self, inside: Run) -> None:
        """The machine has a number of them for all."""
        assert inside("import os; attempt(os.openpty)")[0] == [errno.ENOENT]

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

    def test_the_worker_survives_every_signal(self, boxed: WorkerHandle, inside: Run) -> None:
        inside("""
            import os, signal
            for number in signal.valid_signals():
                os.kill(1, number)
            os.kill(-1, signal.SIGKILL)
        """)
        assert boxed.alive
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

"""Starts a worker's process, with bubblewrap or as a plain process, and ends it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from grader.sandbox import bubblewrap, visible_files
from grader.sandbox.channel import Channel
from grader.sandbox.forked_worker import ForkedWorker
from grader.sandbox.interpreter import Interpreter, Serves, command, environment

PIPE_BYTES = 1024**2
"""Large enough for the first frames, so that the host need not wait while the worker imports torch."""
STOP_S = 2.0
MEMORY_DISK = "/dev/shm"
DISK_BYTES = 128 * 1024**2
"""The default of ``model.Limits``. The size of the writable file system is fixed when the worker starts."""

FIRST_TO_GO = 'echo 1000 >/proc/self/oom_score_adj; exec "$0" "$@"'
"""For a shell, before it becomes bubblewrap: where the machine runs out of memory, the kernel ends the largest of the
processes below, and none of the host's. Below, nothing can be written to ``/proc``.
"""

_numbers = count()


class WorkerProcess:
    """A worker's process and the channel to it. To end it, call ``kill`` and then ``release``."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        namespaces: bool,
        env: dict[str, str],
        info: tuple[int, int] | None = None,
        scratch: Path | None = None,
        forked: Sequence[ForkedWorker] = (),
    ) -> None:
        """``info``: the pipe to which bubblewrap writes the worker's process id. ``forked``: the workers that it forks.
        Raises OSError.

        ``scratch``: where the worker makes its writable folder if it has no file system of its own; ``release`` removes
        the folder.
        """
        self.namespaces = namespaces
        self.forked = forked
        self._scratch = scratch
        self._scratch_identity: tuple[int, int] | None = None
        self._worker: int | None = None
        self._info = info[0] if info is not None else None
        self._errors = _nameless_file()
        try:
            self._popen = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=env,
                cwd="/",
                bufsize=0,
                start_new_session=True,
                pass_fds=(*(info[1:] if info is not None else ()), *(fd for one in forked for fd in one.passed_fds)),
            )
        except OSError:
            self._close_files()
            raise
        finally:
            if info is not None:
                os.close(info[1])
            for one in forked:
                one.has_been_passed()
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        with suppress(AttributeError, OSError):  # not Linux, or above the limit for ordinary users
            fcntl.fcntl(self._popen.stdin, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._pid = self._popen.pid
        """The worker's process id, as soon as it has started."""
        self.channel = Channel(read_fd=self._popen.stdout.fileno(), write_fd=self._popen.stdin.fileno())

    def has_started(self, scratch_identity: tuple[int, int]) -> None:
        """To be called after the worker's first frame. Opens a pidfd for the worker, which is a child of bubblewrap.

        ``scratch_identity``: the device and inode of the writable folder that the worker made.
        """
        self._scratch_identity = scratch_identity
        if self._info is not None:
            with suppress(OSError, ValueError, KeyError):
                pid = json.loads(os.read(self._info, 4096))["child-pid"]
                self._worker = os.pidfd_open(pid)
                self._pid = pid

    def waited_s(self) -> float | None:
        """Seconds for which the worker could have run, and other programs had the processors; None: not known."""
        with suppress(OSError, ValueError, IndexError):
            return int(Path(f"/proc/{self._pid}/schedstat").read_bytes().split()[1]) / 1e9
        return None

    def exit_status(self) -> int | None:
        """The exit status, negative for a signal; None: the process is still running."""
        try:
            code = self._popen.wait(STOP_S)
        except subprocess.TimeoutExpired:
            return None
        return 128 - code if self.namespaces and code > 128 else code  # bubblewrap reports signals as 128 + n

    def last_words(self) -> str:
        """The worker's standard error."""
        return os.pread(self._errors, 64 * 1024, 0).decode("utf-8", "replace").strip()

    def kill(self, *, serving: bool) -> None:
        """End the worker and its children. ``serving``: it may have children, and ends when its input is closed."""
        assert self._popen.stdin is not None
        self._popen.stdin.close()
        if self._worker is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._worker, signal.SIGKILL)  # ends every process of its namespace
        elif serving:
            with suppress(subprocess.TimeoutExpired):
                self._popen.wait(STOP_S)
        self._popen.kill()
        self._popen.wait()

    def release(self) -> None:
        """Close all descriptors and remove the writable folder."""
        assert self._popen.stdout is not None
        self._popen.stdout.close()
        self._close_files()

    def leave(self) -> None:
        """In a process that was forked from the worker's parent: close all descriptors, and leave the worker alone."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._popen.stdin.close()
        self._popen.stdout.close()
        self._popen.returncode = 0  # otherwise it would be waited for at the end, by a process that is not its parent
        self._close_files()

    def _close_files(self) -> None:
        for one in self.forked:
            if not one.has_arrived:
                one.release()
        os.close(self._errors)
        for fd in (self._info, self._worker):
            if fd is not None:
                os.close(fd)
        if self._scratch is not None:
            _remove_scratch(self._scratch, self._scratch_identity)


def start_in_bubblewrap(
    program: Path,
    interpreter: Interpreter,
    *,
    runtime: Path,
    support: Sequence[Path],
    data: Mapping[str, Path],
    disk_bytes: int,
    hide: Sequence[Path],
    serves: Serves,
    workers: int = 0,
) -> WorkerProcess:
    """Start the worker as PID 1 of new namespaces. ``workers``: how many it forks; 0: it runs jobs itself. Raises
    OSError.

    Where the system refuses the namespaces, the process ends later without sending a frame.
    """
    forked = [ForkedWorker(_private_uid()) for _ in range(workers)]
    info = os.pipe()
    options = bubblewrap.arguments(
        interpreter,
        runtime=runtime,
        support=support,
        data=data,
        disk_bytes=disk_bytes,
        hide=hide,
        serves=serves,
        uid=_private_uid(),
        info_fd=info[1],
        places=",".join(one.place for one in forked),
    )
    argv = ["/bin/sh", "-c", FIRST_TO_GO, str(program), *options]
    return WorkerProcess(argv, namespaces=True, env={}, info=info, forked=forked)


def start_plainly(
    interpreter: Interpreter,
    *,
    runtime: Path,
    support: Sequence[Path],
    data: Mapping[str, Path],
    hide: Sequence[Path],
    serves: Serves,
) -> WorkerProcess:
    """Start the worker as a plain process that writes to a temporary folder. Raises OSError."""
    import tempfile

    from grader.runtime.protocol.scratch import new_name

    scratch = Path(_memory_disk() or tempfile.gettempdir()).resolve() / new_name()
    helpers = [str(folder.resolve()) for folder in support]
    folders = [str(folder.resolve()) for folder in data.values()]
    argv = command(interpreter, str(runtime), str(scratch), _private_uid(), helpers, folders, serves=serves)
    env = environment(interpreter, str(scratch), visible_files.python_path(interpreter, hide))
    return WorkerProcess(argv, namespaces=False, env=env, scratch=scratch)


def _remove_scratch(path: Path, identity: tuple[int, int] | None) -> None:
    """Remove the folder that a worker made, unless the path leads to another folder now."""
    from grader.runtime.protocol.scratch import OwnedFolder

    with suppress(OSError):
        if identity is None:
            path.rmdir()  # the worker ended before its first frame, so the folder is empty
        else:
            OwnedFolder(path, identity).remove()


def _memory_disk() -> str | None:
    """A folder in memory with enough room, which is faster than a disk; None: the system has none."""
    try:
        about = os.statvfs(MEMORY_DISK)
        is_large = about.f_bavail * about.f_frsize > DISK_BYTES and not about.f_flag & os.ST_RDONLY
        return MEMORY_DISK if is_large and os.access(MEMORY_DISK, os.W_OK | os.X_OK) else None
    except OSError:
        return None


def _private_uid() -> int:
    """The user that a worker becomes when started as root. Every worker gets a different one.

    Limits on processes are per user: with a common user, a submission's fork bomb would use up the others' limit.
    """
    if os.geteuid() != 0:
        return 0
    return 0x4000_0000 + os.getpid() % 2**22 * 2**7 + next(_numbers) % 2**7


def _nameless_file() -> int:
    try:
        return os.memfd_create("worker-errors")
    except (AttributeError, OSError):
        import tempfile

        with tempfile.TemporaryFile() as file:
            return os.dup(file.fileno())

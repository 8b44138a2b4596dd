"""Starts children: by forking a worker that has everything imported, or by spawning a new interpreter."""

from __future__ import annotations

import mmap
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from fcntl import F_DUPFD, fcntl
from pathlib import Path
from typing import Any, NoReturn, Protocol

from ..preparation.imports import Execute, import_execute, import_more, lay_out_fonts
from ..protocol import child_exit_codes, frame_types, frames
from ..protocol.record_memory import RecordMemory
from ..protocol.scratch import OwnedFolder, Scratch
from . import confine

_exit = os._exit
"""Bound at import: a submission that replaces ``os._exit`` must not return from here."""
_SPAWN_FDS = (3, 4, 5)
"""Descriptors of a spawned child: its setup, the pipe for the record, the pipe for an error before the run."""
_FIRST_FREE_FD = 200
"""Above all of ``_SPAWN_FDS``, so that none of them is overwritten before it was copied."""


class Children(Protocol):
    """Starts children, each of which runs one job and ends."""

    shares_memory: bool
    """Whether children have the worker's shared memory."""

    def start(
        self, limits: Mapping[str, Any], job: mmap.mmap, record_fd: int, error_fd: int, memory: RecordMemory | None
    ) -> int:
        """Start a child that runs ``job``, a frame; returns its process id.

        The child writes the record to ``memory``, and to ``record_fd`` where that is full, or None. It writes to
        ``error_fd`` why it cannot begin, and closes that before it runs any student code.
        """
        ...


class Forked:
    """Forks the worker."""

    shares_memory = True

    def __init__(self, scratch: Scratch, confinement: confine.Confinement, execute: Execute) -> None:
        self._scratch = scratch
        self._confinement = confinement
        self._execute = execute

    def start(
        self, limits: Mapping[str, Any], job: mmap.mmap, record_fd: int, error_fd: int, memory: RecordMemory | None
    ) -> int:
        child = os.fork()
        if child == 0:
            work = self._scratch.work
            _be_child(work, limits, self._confinement, job, self._execute, record_fd, error_fd, memory)
        return child


class Spawned:
    """Spawns interpreters, for systems whose libraries do not survive a fork (macOS). Every child imports torch."""

    shares_memory = False

    def __init__(
        self,
        scratch: Scratch,
        confinement: confine.Confinement,
        preload: Sequence[str],
        fonts: Mapping[str, str],
        support: Sequence[str],
    ) -> None:
        self._scratch = scratch
        self._setup = {
            "preload": list(preload),
            "fonts": dict(fonts),
            "support": list(support),
            "files": confinement.files,
        }
        self._syscall_filter = confinement.syscall_filter

    def start(
        self, limits: Mapping[str, Any], job: mmap.mmap, record_fd: int, error_fd: int, memory: RecordMemory | None
    ) -> int:
        program = Path(__file__).parents[1] / "__main__.py"
        # A nameless file, because a pipe could not hold it all. The child can read nothing there but its own job.
        with tempfile.TemporaryFile(dir=self._scratch.path, buffering=0) as setup:
            frames.write(
                setup.fileno(),
                {"t": frame_types.SETUP, "limits": limits, "work": self._scratch.work.identity, **self._setup},
                self._syscall_filter,
            )
            with memoryview(job) as view:
                frames.write_all(setup.fileno(), view)
            setup.seek(0)
            copies = [fcntl(fd, F_DUPFD, _FIRST_FREE_FD) for fd in (setup.fileno(), record_fd, error_fd)]
            try:
                return os.posix_spawn(
                    sys.executable,
                    [sys.executable, "-P", str(program), "child", str(self._scratch.path)],
                    os.environ,
                    file_actions=[
                        *((os.POSIX_SPAWN_DUP2, fd, target) for fd, target in zip(copies, _SPAWN_FDS, strict=True)),
                        *((os.POSIX_SPAWN_CLOSE, fd) for fd in copies),
                    ],
                )
            finally:
                for fd in copies:
                    os.close(fd)


def main(scratch: str) -> NoReturn:
    """Be a spawned child: read the setup, import what is needed, run the job."""
    setup_fd, record_fd, error_fd = _SPAWN_FDS
    try:
        setup = frames.read(setup_fd)
        assert setup is not None
        header, syscall_filter = setup
        job = _rest_of(setup_fd)
        confine.harden(uid=0, scratch=scratch, needed=())
        lay_out_fonts(header["fonts"])
        execute, error = import_execute()
        if execute is None:
            raise ImportError(error)
        import_more(header["preload"])
        sys.path[:0] = header["support"]
        confinement = confine.Confinement(syscall_filter=bytes(syscall_filter or b""), files=header["files"])
    except BaseException as error:
        os.write(error_fd, f"{type(error).__name__}: {error}".encode()[:4096])
        os._exit(child_exit_codes.RECORDER_FAILED)
    work = OwnedFolder(Path(scratch, "work"), tuple(header["work"]))
    _be_child(work, header["limits"], confinement, job, execute, record_fd, error_fd, memory=None)


def _rest_of(fd: int) -> mmap.mmap:
    start = os.lseek(fd, 0, os.SEEK_CUR)
    size = os.fstat(fd).st_size - start
    data = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    position = 0
    with memoryview(data) as view:
        while position < size:
            with view[position:] as rest:
                position += os.readv(fd, [rest])
    return data


def _be_child(
    work: OwnedFolder,
    limits: Mapping[str, Any],
    confinement: confine.Confinement,
    job: mmap.mmap,
    execute: Execute,
    record_fd: int,
    error_fd: int,
    memory: RecordMemory | None,
) -> NoReturn:
    """Confine this process, run the job, and exit."""
    try:
        # Opened by each child: flags or locks that a submission sets on inherited files would reach the next child. The
        # worker keeps its standard error.
        null = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(null, standard)
        confine.close_all_but({record_fd, error_fd})
        header, payload = frames.unpack(job)
        job.close()
        os.chdir(work.path)
        confine.confine_child(limits, confinement)
    except BaseException as error:
        os.write(error_fd, f"{type(error).__name__}: {error}".encode()[:4096])
        os._exit(child_exit_codes.RECORDER_FAILED)
    os.close(error_fd)
    try:
        execute(header, payload, record_fd, work, memory)
    except MemoryError:
        _exit(child_exit_codes.NO_MEMORY)
    except BaseException:
        _exit(child_exit_codes.RECORDER_FAILED)
    _exit(0)

"""Starts children: by forking a worker that has everything imported, or by spawning a new interpreter."""

from __future__ import annotations

import importlib
import mmap
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from fcntl import F_DUPFD, fcntl
from pathlib import Path
from typing import Any, NoReturn, Protocol

from ..protocol import child_exit_codes, frame_types, frames
from ..protocol.scratch import OwnedFolder, Scratch
from . import confine

Execute = Callable[[dict[str, Any], bytes, int, OwnedFolder], None]
"""Runs a job. Arguments: its header, its payload, the descriptor for the record, the current folder."""

_exit = os._exit
"""Bound at import: a submission that replaces ``os._exit`` must not return from here."""
_SPAWN_FDS = (3, 4, 5)
"""Descriptors of a spawned child: its setup, the pipe for the record, the pipe for an error before the run."""
_FIRST_FREE_FD = 200
"""Above all of ``_SPAWN_FDS``, so that none of them is overwritten before it was copied."""


class Children(Protocol):
    """Starts children, each of which runs one job and ends."""

    def start(self, limits: Mapping[str, Any], job: mmap.mmap, record_fd: int, error_fd: int) -> int:
        """Start a child that runs ``job``, a frame; returns its process id.

        The child writes the record to ``record_fd``. It writes to ``error_fd`` why it cannot begin, and closes that
        before it runs any student code.
        """
        ...


class Forked:
    """Forks the worker."""

    def __init__(self, scratch: Scratch, confinement: confine.Confinement, execute: Execute) -> None:
        self._scratch = scratch
        self._confinement = confinement
        self._execute = execute

    def start(self, limits: Mapping[str, Any], job: mmap.mmap, record_fd: int, error_fd: int) -> int:
        child = os.fork()
        if child == 0:
            _be_child(self._scratch.work, limits, self._confinement, job, self._execute, record_fd, error_fd)
        return child


class Spawned:
    """Spawns interpreters, for systems whose libraries do not survive a fork (macOS). Every child imports torch."""

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

    def start(self, limits: Mapping[str, Any], job: mmap.mmap, record_fd: int, error_fd: int) -> int:
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
    _be_child(work, header["limits"], confinement, job, execute, record_fd, error_fd)


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
        execute(header, payload, record_fd, work)
    except MemoryError:
        _exit(child_exit_codes.NO_MEMORY)
    except BaseException:
        _exit(child_exit_codes.RECORDER_FAILED)
    _exit(0)


# --------------------------------------------------------------------------------------------------------------------
# What a process needs before it can run submissions
# --------------------------------------------------------------------------------------------------------------------


def import_execute() -> tuple[Execute | None, str | None]:
    """Import ``execute``, and torch with it. Returns ``execute`` or the error in words."""
    try:
        execute: Execute = importlib.import_module("..execute.run", __package__).execute
    except Exception as error:  # an ImportError, or whatever a broken installation raises
        return None, f"{type(error).__name__}: {error}"
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)  # threads do not survive a fork
    return execute, None


def import_more(names: Iterable[str]) -> None:
    """Import further modules, so that the children need not. Modules that cannot be imported are skipped: where a
    submission needs one, its own import raises the error.

    A name with a leading dot is a module of the runtime. Its ``warm_up()`` is called, which fills caches.
    """
    for name in names:
        with suppress(Exception):
            module = importlib.import_module(name, __package__.rpartition(".")[0])
            if name.startswith("."):
                module.warm_up()


def lay_out_fonts(fonts: Mapping[str, str]) -> Callable[[], dict[str, str]]:
    """Write matplotlib's font lists to its cache folder. Without a list, its import reads every font, for 0.2 s.

    ``fonts`` has the content of lists by file name, as an earlier worker returned them. Returns a function that gives,
    after the import of matplotlib, the lists that it made itself; none where it found one.
    """
    folder = Path(os.environ["MPLCONFIGDIR"])
    if fonts:
        folder.mkdir(parents=True, exist_ok=True)
    for name, text in fonts.items():
        (folder / name).write_text(text, "utf-8")
    return lambda: {
        path.name: path.read_text("utf-8") for path in folder.glob("fontlist-*.json") if path.name not in fonts
    }

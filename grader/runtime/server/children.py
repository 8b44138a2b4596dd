"""How a child comes about: forked from a worker that has everything imported, or as an interpreter started afresh."""

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

from ..protocol import exit_codes, frames
from ..protocol.scratch import OwnedFolder, Scratch
from . import confine

Execute = Callable[[dict[str, Any], bytes, int, OwnedFolder], None]
"""Runs a job: its header, its payload, where the record goes, and the folder where it runs."""

_exit = os._exit
"""By a name of our own: a submission that replaced it must not come back from here."""
_PLACES = (3, 4, 5)
"""Where a child that is started afresh finds its orders, its stream and the end for trouble."""
_ABOVE = 200


class Children(Protocol):
    """Starts children, each of which runs one job and ends."""

    def start(self, limits: Mapping[str, Any], job: mmap.mmap, stream_end: int, trouble_end: int) -> int:
        """The process id of a child that runs ``job``, a frame.

        It writes to ``stream_end``. ``trouble_end`` takes the reason where it cannot begin, and is closed before any
        student code runs.
        """
        ...


class Forked:
    """Children that are copies of the worker."""

    def __init__(self, scratch: Scratch, wall: confine.Wall, execute: Execute) -> None:
        self._scratch = scratch
        self._wall = wall
        self._execute = execute

    def start(self, limits: Mapping[str, Any], job: mmap.mmap, stream_end: int, trouble_end: int) -> int:
        child = os.fork()
        if child == 0:
            _be_child(self._scratch.work, limits, self._wall, job, self._execute, stream_end, trouble_end)
        return child


class Afresh:
    """Children that start from nothing, for systems whose libraries do not survive a fork (macOS). Each of them
    imports torch anew.
    """

    def __init__(
        self,
        scratch: Scratch,
        wall: confine.Wall,
        preload: Sequence[str],
        fonts: Mapping[str, str],
        support: Sequence[str],
    ) -> None:
        self._scratch = scratch
        self._orders = {"preload": list(preload), "fonts": dict(fonts), "support": list(support), "files": wall.files}
        self._program = wall.program

    def start(self, limits: Mapping[str, Any], job: mmap.mmap, stream_end: int, trouble_end: int) -> int:
        program = Path(__file__).parents[1] / "__main__.py"
        # A file without a name, since a pipe would not hold it all. It is the child's own job that it could find there.
        with tempfile.TemporaryFile(dir=self._scratch.path, buffering=0) as orders:
            frames.write(
                orders.fileno(),
                {"t": "orders", "limits": limits, "work": self._scratch.work.identity, **self._orders},
                self._program,
            )
            with memoryview(job) as view:
                frames.write_all(orders.fileno(), view)
            orders.seek(0)
            high = [fcntl(fd, F_DUPFD, _ABOVE) for fd in (orders.fileno(), stream_end, trouble_end)]
            try:
                return os.posix_spawn(
                    sys.executable,
                    [sys.executable, "-P", str(program), "child", str(self._scratch.path)],
                    os.environ,
                    file_actions=[
                        *((os.POSIX_SPAWN_DUP2, fd, place) for fd, place in zip(high, _PLACES, strict=True)),
                        *((os.POSIX_SPAWN_CLOSE, fd) for fd in high),
                    ],
                )
            finally:
                for fd in high:
                    os.close(fd)


def main(scratch: str) -> NoReturn:
    """Be a child that was started afresh: import, and run the job that waits."""
    orders_fd, stream_end, trouble_end = _PLACES
    try:
        orders = frames.read(orders_fd)
        assert orders is not None
        header, program = orders
        data = _rest_of(orders_fd)
        confine.harden(uid=0, scratch=scratch, needed=())
        lay_out_fonts(header["fonts"])
        execute, error = import_execute()
        if execute is None:
            raise ImportError(error)
        import_more(header["preload"])
        sys.path[:0] = header["support"]
        wall = confine.Wall(program=bytes(program or b""), files=header["files"])
    except BaseException as error:
        os.write(trouble_end, f"{type(error).__name__}: {error}".encode()[:4096])
        os._exit(exit_codes.RECORDER_FAILED)
    work = OwnedFolder(Path(scratch, "work"), tuple(header["work"]))
    _be_child(work, header["limits"], wall, data, execute, stream_end, trouble_end)


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
    wall: confine.Wall,
    job: mmap.mmap,
    execute: Execute,
    stream_end: int,
    trouble_end: int,
) -> NoReturn:
    """Become the process of one submission, and end with it."""
    try:
        # Opened anew: what is done to the worker's own (flags, locks) would be there for the next child. The worker
        # keeps the way to say what ended it.
        null = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(null, standard)
        confine.close_all_but({stream_end, trouble_end})
        header, payload = frames.unpack(job)
        job.close()
        os.chdir(work.path)
        confine.confine_child(limits, wall)
    except BaseException as error:
        os.write(trouble_end, f"{type(error).__name__}: {error}".encode()[:4096])
        os._exit(exit_codes.RECORDER_FAILED)
    os.close(trouble_end)
    try:
        execute(header, payload, stream_end, work)
    except MemoryError:
        _exit(exit_codes.NO_MEMORY)
    except BaseException:
        _exit(exit_codes.RECORDER_FAILED)
    _exit(0)


# --------------------------------------------------------------------------------------------------------------------
# What a process needs before it can run submissions
# --------------------------------------------------------------------------------------------------------------------


def import_execute() -> tuple[Execute | None, str | None]:
    """Import what runs submissions, and torch with it. Returns it, or the error in words."""
    try:
        execute: Execute = importlib.import_module("..execute.run", __package__).execute
    except Exception as error:  # an ImportError, or whatever a broken installation raises
        return None, f"{type(error).__name__}: {error}"
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)  # threads do not survive a fork
    return execute, None


def import_more(names: Iterable[str]) -> None:
    """Import further modules, if they are there: a submission that needs one of the others is told so by its import.

    What is the runtime's own (``.name``) is asked to warm up, so that the children find filled caches.
    """
    for name in names:
        with suppress(Exception):
            module = importlib.import_module(name, __package__.rpartition(".")[0])
            if name.startswith("."):
                module.warm_up()


def lay_out_fonts(fonts: Mapping[str, str]) -> Callable[[], dict[str, str]]:
    """Write matplotlib's lists of fonts where it looks for them: without one, its import looks at every font, for
    0.2 s. ``fonts`` are lists by file name, as an earlier worker returned them.

    What is returned gives, after the import, the lists that it had to make; none where it had one.
    """
    folder = Path(os.environ["MPLCONFIGDIR"])
    if fonts:
        folder.mkdir(parents=True, exist_ok=True)
    for name, text in fonts.items():
        (folder / name).write_text(text, "utf-8")
    return lambda: {
        path.name: path.read_text("utf-8") for path in folder.glob("fontlist-*.json") if path.name not in fonts
    }

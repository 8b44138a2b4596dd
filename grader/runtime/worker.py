"""The fork server: imports what submissions need once, then runs each of them in a forked child.

The worker trusts none of its children. Its own channel to the host is closed in them; what they write comes through
a pipe of their own and is passed on unread. It never looks into a job either: the child unpacks it.
"""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import mmap
import os
import platform
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fcntl import F_DUPFD_CLOEXEC, fcntl
from pathlib import Path
from typing import Any, NoReturn

from . import confine, frames
from .scratch import Scratch

Execute = Callable[[dict[str, Any], bytes, int], None]

PACKAGES = ("torch", "numpy", "matplotlib")
GRACE_S = 1.0
"""A child ends its run by itself at the limit; one that does not is killed this much later."""
CHUNK = 256 * 1024
FIRST_CONTROL_FD = 100
EXIT_INTERNAL = 70
"""A child's exit status when an exception came out of ``execute``, which lets none out."""


def main(*, scratch: str, uid: int) -> NoReturn:
    """Serve until the host closes the channel. ``uid``: the user to become when started as root; 0: stay."""
    gc.disable()  # imports make no garbage worth looking for
    control_in, control_out = _take_channel()
    place = Scratch(scratch)
    if uid != 0:
        with suppress(OSError):  # in the sandbox it is root's, and everyone may write there
            os.chown(scratch, uid, uid)
    confine.harden(uid=uid, needed=[*(path for path in sys.path if Path(path).is_dir()), str(Path(__file__).parent)])
    frames.write(
        control_out, {"t": "hello", "versions": versions(), "uid": os.getuid(), "pid": os.getpid()}
    )
    execute, error = _import_execute()
    start = frames.read(control_in)
    if start is None:
        os._exit(0)
    header, payload = start
    font_lists = _import_more(header["preload"], header["fonts"])
    frames.write(control_out, {"t": "ready", "error": error, "fonts": font_lists})
    if execute is None:
        os._exit(1)
    place.empty()
    os.dup2(0, 2)  # from here on there is nobody to tell
    gc.freeze()
    gc.enable()
    server = Server(
        execute=execute, scratch=place, program=bytes(payload or b""), control_in=control_in, control_out=control_out
    )
    server.serve()


def versions() -> dict[str, str | None]:
    """The versions of Python and of the packages that matter, read without importing them; None: not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return found


def _take_channel() -> tuple[int, int]:
    """Move the channel from standard input and output to where nothing finds it by accident."""
    control_in, control_out = fcntl(0, F_DUPFD_CLOEXEC, FIRST_CONTROL_FD), fcntl(1, F_DUPFD_CLOEXEC, FIRST_CONTROL_FD)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return control_in, control_out


def _import_execute() -> tuple[Execute | None, str | None]:
    """Import what runs submissions, and torch with it. Returns it, or the error in words."""
    try:
        execute: Execute = importlib.import_module(".run", __package__).execute
    except Exception as error:  # an ImportError, or whatever a broken installation raises
        return None, f"{type(error).__name__}: {error}"
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)  # threads do not survive a fork
    return execute, None


def _import_more(names: Iterable[str], fonts: Mapping[str, str]) -> dict[str, str]:
    """Import further modules, if they are there: a submission that needs one of the others is told so by its import.

    ``fonts`` are matplotlib's lists of fonts, by file name, as an earlier worker returned them: without one, its
    import looks at every font, for 0.2 s. Returns a newly made one; empty where there is none.
    """
    folder = Path(os.environ["MPLCONFIGDIR"])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in fonts.items():
        (folder / name).write_text(text, "utf-8")
    for name in names:
        with suppress(Exception):
            importlib.import_module(name, __package__)
    return {path.name: path.read_text("utf-8") for path in folder.glob("fontlist-*.json") if path.name not in fonts}


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a child ended. Times are seconds."""

    status: int
    cpu_s: float
    timed_out: bool
    truncated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Runs one job after the other, each in a child."""

    execute: Execute
    scratch: Scratch
    program: bytes
    control_in: int
    control_out: int

    def serve(self) -> NoReturn:
        while True:
            frame = frames.read(self.control_in)
            if frame is None:
                os._exit(0)
            header, job = frame
            assert job is not None
            if not self._run(header["limits"], job):
                os._exit(1)

    def _run(self, limits: Mapping[str, Any], job: mmap.mmap) -> bool:
        """One job, from the fork to ``done``. False: something of it is left, and nothing else may run here."""
        self.scratch.prepare()
        stream, stream_end = os.pipe()
        trouble, trouble_end = os.pipe()
        started = time.monotonic()
        pid = os.fork()
        if pid == 0:
            self._be_child(limits, job, stream_end, trouble_end)
        job.close()
        os.close(stream_end)
        os.close(trouble_end)
        with mmap.mmap(-1, CHUNK, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as buffer:
            relay = Relay(stream, self.control_out, buffer, limits["observation_bytes"])
            end = self._watch(pid, relay, started + limits["wall_s"] + GRACE_S)
            clean = confine.kill_the_rest()
            os.set_blocking(stream, False)  # nobody can write any more; what is in the pipe is read to its end
            while not relay.ended and not relay.truncated:
                relay.pass_on()
        wall_s = time.monotonic() - started
        os.close(stream)
        os.set_blocking(trouble, False)
        with suppress(BlockingIOError):
            error = os.read(trouble, 4096).decode("utf-8", "replace")
        os.close(trouble)
        try:
            self.scratch.empty()
        except OSError:
            clean = False
        code = os.waitstatus_to_exitcode(end.status)
        done = {
            "t": "done",
            "exit": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "timed_out": end.timed_out,
            "truncated": relay.truncated,
            "wall_s": wall_s,
            "cpu_s": end.cpu_s,
            "error": error or None,
            "clean": clean,
        }
        frames.write(self.control_out, done)
        return clean

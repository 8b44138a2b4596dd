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
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
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
TICK_S = 0.02
"""How often a child is looked at where the system cannot tell that it ended."""
CHUNK = 256 * 1024
FIRST_CONTROL_FD = 100
EXIT_INTERNAL = 70
"""A child's exit status when an exception came out of ``execute``, which lets none out."""


def main(*, scratch: str, uid: int, lasting: bool, support: Sequence[str]) -> NoReturn:
    """Serve until the host closes the channel. ``uid``: the user to become when started as root; 0: stay.

    ``lasting``: many submissions will come, and time spent beforehand is saved with each. ``support``: folders of
    modules that submissions may import, none of which is for the worker itself.
    """
    if not lasting:
        gc.disable()  # a tenth of what the imports take
    control_in, control_out = _take_channel()
    place = Scratch(scratch)
    needed = [*(path for path in sys.path if Path(path).is_dir()), str(Path(__file__).parent), *support]
    confine.harden(uid=uid, scratch=scratch, needed=needed)
    frames.write(control_out, {"t": "hello", "versions": versions(), "uid": os.getuid(), "pid": os.getpid()})
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
    sys.path[:0] = support
    # All that lives now is shared with the children, for as long as nobody writes to it. Where many come, the collector
    # ran while it was made: garbage in between lays it out over a quarter more pages.
    if lasting:
        gc.collect()
        confine.use_large_pages()
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
    What is the runtime's own (``.name``) is asked to warm up, so that the children find filled caches.

    ``fonts`` are matplotlib's lists of fonts, by file name, as an earlier worker returned them: without one, its
    import looks at every font, for 0.2 s. Returns a newly made one; empty where there is none.
    """
    folder = Path(os.environ["MPLCONFIGDIR"])
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in fonts.items():
        (folder / name).write_text(text, "utf-8")
    for name in names:
        with suppress(Exception):
            module = importlib.import_module(name, __package__)
            if name.startswith("."):
                module.warm_up()
    return {path.name: path.read_text("utf-8") for path in folder.glob("fontlist-*.json") if path.name not in fonts}


class Relay:
    """Passes on what a child writes, unread, up to a limit."""

    def __init__(self, stream: int, control_out: int, limit: int) -> None:
        self.stream = stream
        self.truncated = False
        """The child wrote more than it may."""
        self.ended = False
        """Nothing more will come."""
        self._control_out = control_out
        self._room = limit

    def pass_on(self, buffer: mmap.mmap) -> None:
        """Take what the pipe holds, as far as ``buffer`` goes. Blocks where it is empty and blocking."""
        with memoryview(buffer) as view:
            try:
                count = os.readv(self.stream, [view])
            except BlockingIOError:
                count = 0
            self.ended = count == 0
            self.truncated = count > self._room
            count = min(count, self._room)
            self._room -= count
            if count:
                with view[:count] as part:
                    frames.write(self._control_out, {"t": "chunk"}, part)


class HostGone(Exception):
    """The host closed the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Runs one job after the other, each in a child."""

    execute: Execute
    scratch: Scratch
    program: bytes
    control_in: int
    control_out: int

    def serve(self) -> NoReturn:
        """Run until the host closes the channel, or until something of a child cannot be got rid of."""
        clean = True
        try:
            while clean and (frame := frames.read(self.control_in)) is not None:
                header, job = frame
                assert job is not None
                clean = self._run(header["limits"], job)
        except (HostGone, BrokenPipeError):
            confine.kill_the_rest()
            with suppress(OSError):
                self.scratch.empty()
        os._exit(0 if clean else 1)

    def _run(self, limits: Mapping[str, Any], job: mmap.mmap) -> bool:
        """One job, from the fork to ``done``. False: something of the child is left, nothing else may run here."""
        self.scratch.prepare()
        stream, stream_end = os.pipe()
        trouble, trouble_end = os.pipe()
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            self._be_child(limits, job, stream_end, trouble_end)
        job.close()
        os.close(stream_end)
        os.close(trouble_end)
        relay = Relay(stream, self.control_out, limits["observation_bytes"])
        # Memory of its own, gone before the next fork: what one child wrote must not lie in another's heap.
        with mmap.mmap(-1, CHUNK, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as buffer:
            timed_out = self._watch(child, relay, buffer, started + limits["wall_s"] + GRACE_S)
            _, status, usage = os.wait4(child, 0)
            clean = confine.kill_the_rest()
            os.set_blocking(stream, False)
            while not relay.ended and not relay.truncated:
                relay.pass_on(buffer)
        error = os.read(trouble, 4096).decode("utf-8", "replace")
        os.close(stream)
        os.close(trouble)
        wall_s = time.monotonic() - started
        try:
            self.scratch.empty()
        except OSError:
            clean = False
        code = os.waitstatus_to_exitcode(status)
        done = {
            "t": "done",
            "exit": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "timed_out": timed_out,
            "truncated": relay.truncated,
            "wall_s": wall_s,
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "error": error or None,
            "clean": clean,
        }
        frames.write(self.control_out, done)
        return clean

    def _watch(self, child: int, relay: Relay, buffer: mmap.mmap, deadline: float) -> bool:
        """Relay until the child has ended or was killed; it is still to be reaped. True: it was out of time.

        Raises HostGone.
        """
        poller = select.poll()
        poller.register(relay.stream, select.POLLIN)
        poller.register(self.control_in, 0)  # a hang-up is always told
        pidfd = _open_pidfd(child)
        if pidfd is not None:
            poller.register(pidfd, select.POLLIN)
        try:
            while True:
                remaining_s = deadline - time.monotonic()
                if remaining_s <= 0 or relay.truncated:
                    os.kill(child, signal.SIGKILL)
                    return not relay.truncated
                ready = {fd for fd, _ in poller.poll(1000 * (remaining_s if pidfd is not None else TICK_S))}
                if self.control_in in ready:
                    raise HostGone
                if pidfd in ready or (pidfd is None and _has_ended(child)):
                    return False
                if relay.stream in ready:
                    relay.pass_on(buffer)
                    if relay.ended:
                        poller.unregister(relay.stream)
        finally:
            if pidfd is not None:
                os.close(pidfd)

    def _be_child(self, limits: Mapping[str, Any], job: mmap.mmap, stream_end: int, trouble_end: int) -> NoReturn:
        """Become the process of one submission, and end with it.

        ``trouble_end`` takes the reason where that fails, and is closed before any student code runs.
        """
        try:
            os.dup2(0, 2)  # /dev/null; the worker keeps the way to say what ended it
            confine.close_all_but({stream_end, trouble_end})
            header, payload = frames.unpack(job)
            job.close()
            os.chdir(self.scratch.work)
            confine.confine_child(limits, self.program)
        except BaseException as error:
            os.write(trouble_end, f"{type(error).__name__}: {error}".encode()[:4096])
            os._exit(EXIT_INTERNAL)
        os.close(trouble_end)
        try:
            self.execute(header, payload, stream_end)
        except BaseException:
            os._exit(EXIT_INTERNAL)
        os._exit(0)


def _open_pidfd(child: int) -> int | None:
    """A descriptor that becomes readable when the child ends; None where the system has no such thing."""
    try:
        return os.pidfd_open(child)
    except (AttributeError, OSError):
        return None


def _has_ended(child: int) -> bool:
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

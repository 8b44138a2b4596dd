"""The worker: runs each submission in a child of its own, and outlives whatever that does.

It is a fork server where the system can fork a process with threads in its libraries: what submissions need is then
imported once. The worker trusts none of its children. Its own channel to the host is closed in them; what they write
comes through a pipe of their own and is passed on unread. It never looks into a job either: the child unpacks it.
"""

from __future__ import annotations

import gc
import importlib.metadata
import mmap
import os
import platform
import select
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fcntl import F_DUPFD_CLOEXEC, fcntl
from pathlib import Path
from typing import Any, NoReturn

from ..protocol import frames
from ..protocol.scratch import Scratch
from . import confine, landlock
from .children import Afresh, Children, Forked, import_execute, import_more, lay_out_fonts
from .usage import LOOK_S, Exceeded, Usage

PACKAGES = ("torch", "numpy", "matplotlib")
GRACE_S = 0.5
"""A child ends its run by itself at the limit; one that does not is killed this much later."""
TICK_S = 0.02
"""How often a child is looked at where the system cannot tell that it ended."""
CHUNK = 256 * 1024
FIRST_CONTROL_FD = 100
READY_S = 240.0
"""How long a child may take to import what it needs, where it is started afresh."""


def main(*, scratch: str, uid: int, serves: str, support: Sequence[str]) -> NoReturn:
    """Serve until the host closes the channel. ``uid``: the user to become when started as root; 0: stay.

    ``serves``: ``many`` submissions or ``one``, which decides whether to spend time beforehand that is saved with each;
    or many, each in an interpreter started ``afresh``. ``support``: folders of modules that submissions may import,
    none of which is for the worker itself.
    """
    if serves == "one":
        gc.disable()  # a tenth of what the imports take
    control_in, control_out = _take_channel()
    place = Scratch.make(Path(scratch), alone=confine.is_alone())
    needed = [*(path for path in sys.path if Path(path).is_dir()), str(Path(__file__).parents[1]), *support]
    confine.harden(uid=uid, scratch=scratch, needed=needed)
    hello = {"versions": versions(), "uid": os.getuid(), "pid": os.getpid(), "landlock": landlock.abi()}
    hello["scratch"] = place.identity
    frames.write(control_out, {"t": "hello", **hello})
    execute, error = (None, _lacking()) if serves == "afresh" else import_execute()
    start = frames.read(control_in)
    if start is None:
        with suppress(OSError):
            place.remove()
        os._exit(0)
    header, payload = start
    font_lists = lay_out_fonts(header["fonts"])
    if execute is not None:
        import_more(header["preload"])
    frames.write(control_out, {"t": "ready", "error": error, "fonts": font_lists()})
    if error is not None:
        os._exit(1)
    place.empty()
    wall = confine.Wall(
        program=bytes(payload or b""),
        files=None if header["files"] is None else {**header["files"], "write": [scratch]},
    )
    children: Children
    if execute is None:
        children = Afresh(place, wall, header["preload"], header["fonts"], support)
    else:
        children = Forked(place, wall, execute)
        sys.path[:0] = support
        # All that lives now is shared with the children, for as long as nobody writes to it. Where many come, the
        # collector ran while it was made: garbage in between lays it out over a quarter more pages.
        if serves == "many":
            gc.collect()
            confine.use_large_pages()
        gc.freeze()
        gc.enable()
    Server(children=children, scratch=place, control_in=control_in, control_out=control_out).serve()


def versions() -> dict[str, str | None]:
    """The versions of Python and of the packages that matter, read without importing them; None: not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return found


def _lacking() -> str | None:
    """What is not installed and would be, for each child, an error of its own."""
    found = versions()
    return next((f"{name} is not installed" for name in ("torch", "numpy") if found[name] is None), None)


def _take_channel() -> tuple[int, int]:
    """Move the channel from standard input and output to where nothing finds it by accident."""
    control_in, control_out = fcntl(0, F_DUPFD_CLOEXEC, FIRST_CONTROL_FD), fcntl(1, F_DUPFD_CLOEXEC, FIRST_CONTROL_FD)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return control_in, control_out


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
class Ended:
    """How a child ended: its status and times as ``wait4`` has them, and what it was killed for, if it was."""

    status: int
    cpu_s: float
    timed_out: bool
    exceeded: Exceeded | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Runs one job after the other, each in a child."""

    children: Children
    scratch: Scratch
    control_in: int
    control_out: int

    def serve(self) -> NoReturn:
        """Run until the host closes the channel, or until something of a child cannot be got rid of."""
        clean = True
        with suppress(HostGone, BrokenPipeError):
            while clean and (frame := frames.read(self.control_in)) is not None:
                header, job = frame
                assert job is not None
                clean = self._run(header["limits"], job)
        with suppress(OSError):
            self.scratch.remove()  # the host does so, too, where it still lives
        os._exit(0 if clean else 1)

    def _run(self, limits: Mapping[str, Any], job: mmap.mmap) -> bool:
        """One job, from the start of its child to ``done``. False: something of it is left, nothing else may run here.

        Raises HostGone.
        """
        self.scratch.prepare()
        stream, stream_end = os.pipe()
        trouble, trouble_end = os.pipe()
        usage = Usage(str(self.scratch.path), limits, alone=confine.is_alone())
        child = self.children.start(limits, job, stream_end, trouble_end)
        job.close()
        os.close(stream_end)
        os.close(trouble_end)
        relay = Relay(stream, self.control_out, limits["observation_bytes"])
        try:
            error = self._await_begin(trouble)
            started = time.monotonic()
            # Memory of its own, gone before the next fork: what one child wrote must not lie in another's heap.
            with mmap.mmap(-1, CHUNK, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as buffer:
                ended = self._watch(child, relay, buffer, started + limits["wall_s"] + GRACE_S, usage)
                clean = confine.kill_the_rest(child)
                os.set_blocking(stream, False)
                while not relay.ended and not relay.truncated:
                    relay.pass_on(buffer)
        except (HostGone, BrokenPipeError):
            with suppress(OSError):
                os.kill(child, signal.SIGKILL)
            confine.kill_the_rest(child)
            with suppress(OSError):
                self.scratch.empty()
            raise
        os.close(stream)
        os.close(trouble)
        try:
            self.scratch.empty()
        except OSError:
            clean = False
        wall_s = time.monotonic() - started
        code = os.waitstatus_to_exitcode(ended.status)
        done = {
            "t": "done",
            "exit": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "timed_out": ended.timed_out,
            "truncated": relay.truncated,
            "exceeded": ended.exceeded,
            "wall_s": wall_s,
            "cpu_s": ended.cpu_s,
            "error": error,
            "clean": clean,
        }
        frames.write(self.control_out, done)
        return clean

    def _await_begin(self, trouble: int) -> str | None:
        """Wait until the child is about to run the submission, or has said why it cannot. Its clock starts then.

        Raises HostGone.
        """
        poller = select.poll()
        poller.register(trouble, select.POLLIN)
        poller.register(self.control_in, 0)  # a hang-up is always told
        said = b""
        deadline = time.monotonic() + READY_S
        while (remaining_s := deadline - time.monotonic()) > 0:
            ready = {fd for fd, _ in poller.poll(1000 * remaining_s)}
            if self.control_in in ready:
                raise HostGone
            if trouble in ready:
                piece = os.read(trouble, 4096)
                if not piece:
                    return said.decode("utf-8", "replace") or None
                said += piece
        return "it was not ready in time"

    def _watch(self, child: int, relay: Relay, buffer: mmap.mmap, deadline: float, usage: Usage) -> Ended:
        """Relay until the child has ended or was killed; reaps it. Raises HostGone."""
        poller = select.poll()
        poller.register(relay.stream, select.POLLIN)
        poller.register(self.control_in, 0)  # a hang-up is always told
        pidfd = _open_pidfd(child)
        if pidfd is not None:
            poller.register(pidfd, select.POLLIN)
        next_look = time.monotonic() + LOOK_S
        timed_out = False
        exceeded: Exceeded | None = None
        try:
            while True:
                now = time.monotonic()
                if now >= next_look:
                    exceeded = usage.exceeded(confine.others())
                    next_look = time.monotonic() + LOOK_S
                timed_out = now >= deadline
                if timed_out or exceeded is not None or relay.truncated:
                    os.kill(child, signal.SIGKILL)
                    break
                wait_s = max(0.0, min(deadline, next_look) - now)
                ready = {fd for fd, _ in poller.poll(1000 * (wait_s if pidfd is not None else TICK_S))}
                if self.control_in in ready:
                    raise HostGone
                if pidfd in ready:
                    break
                if pidfd is None and (ended := os.wait4(child, os.WNOHANG))[0] != 0:
                    return Ended(status=ended[1], cpu_s=_cpu_s(ended[2]), timed_out=False, exceeded=None)
                if relay.stream in ready:
                    relay.pass_on(buffer)
                    if relay.ended:
                        poller.unregister(relay.stream)
        finally:
            if pidfd is not None:
                os.close(pidfd)
        _, status, spent = os.wait4(child, 0)
        return Ended(status=status, cpu_s=_cpu_s(spent), timed_out=timed_out, exceeded=exceeded)


def _open_pidfd(child: int) -> int | None:
    """A descriptor that becomes readable when the child ends; None where the system has no such thing."""
    try:
        return os.pidfd_open(child)
    except (AttributeError, OSError):
        return None


def _cpu_s(spent: Any) -> float:
    seconds: float = spent.ru_utime + spent.ru_stime
    return seconds

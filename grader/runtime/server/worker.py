"""The worker: runs each submission in a child process, and survives whatever the child does.

Where the system can fork a process that has torch loaded, the worker is a fork server: modules are imported once. The
worker does not trust its children. They cannot reach its channel to the host; each writes its record to memory and a
pipe, whose bytes the worker passes on unread. It does not read jobs either: the child unpacks them.
"""

from __future__ import annotations

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

from ..preparation import settled_memory
from ..preparation.imports import import_execute, import_more, lay_out_fonts
from ..protocol import frame_types, frames
from ..protocol.record_memory import RECORD_BYTES, RecordMemory
from ..protocol.scratch import Scratch
from . import confine, descendants, landlock
from .children import Children, Forked, Spawned
from .relay import Relay
from .run_time import RunTime
from .usage import CHECK_S, Exceeded, Usage
from .zygote import Place, Zygote

PACKAGES = ("torch", "numpy", "matplotlib")
GRACE_S = 0.5
"""A child ends its run by itself at the time limit. If it does not, it is killed this much later."""
TICK_S = 0.02
"""Seconds between two checks whether a child has ended, on systems without pidfds."""
CHUNK = 256 * 1024
FIRST_CONTROL_FD = 100
KILLED_S, OVER_S = 1.2, 1.6
"""So long after the time limit every process of the run has ended, and what it wrote is removed. Where that takes
longer, it is given up, and the worker is replaced. A run that ended before its limit leaves more time for both.
"""
LEAST_S = 0.2
"""Each of the two has at least so many seconds, however late the run was ended."""
READY_S = 240.0
"""How long a child may take until it begins. A spawned child has to import torch first."""

LEAST_REHEARSED = 40
"""A rehearsal takes as long as it spares in about so many runs."""


def main(
    *,
    scratch: str,
    uid: int,
    serves: str,
    places: Sequence[Place],
    disk_bytes: int,
    support: Sequence[str],
    data: Sequence[str],
) -> NoReturn:
    """Serve until the host closes the channel. ``uid``: the user to become when started as root; 0: stay root.

    ``serves``: ``many`` submissions, for which the worker spends more time on preparation; ``one``; or
    ``spawn``: many submissions, each in a new interpreter. ``places``: those of the workers to fork; none: it serves
    itself. ``support``: folders of modules that submissions may import. ``data``: folders with the data of assignments.
    """
    settled_memory.before_imports()
    control_in, control_out = _take_channel()
    needed = [*(path for path in sys.path if Path(path).is_dir()), str(Path(__file__).parents[1]), *support, *data]
    zygote = Zygote(places=places, disk_bytes=disk_bytes, scratch=Path(scratch), uid=uid, needed=needed)
    refused = None
    if places:
        user, refused = zygote.attempt()
        scratch_folder = Scratch.make(Path(scratch), alone=True)
    else:
        scratch_folder = Scratch.make(Path(scratch), alone=descendants.is_alone())
        confine.harden(uid=uid, scratch=scratch, needed=needed)
        user = os.getuid()
    hello = {"versions": versions(), "uid": user, "landlock": landlock.abi(), "refused": refused}
    hello["scratch"] = scratch_folder.identity
    frames.write(control_out, {"t": frame_types.HELLO, **hello})
    execute, error = (None, _lacking()) if serves == "spawn" else import_execute()
    start = frames.read(control_in)
    if start is None:
        with suppress(OSError):
            scratch_folder.remove()
        os._exit(0)
    header, payload = start
    font_lists = lay_out_fonts(header["fonts"])
    if execute is not None:
        import_more(header["preload"])
    frames.write(control_out, {"t": frame_types.READY, "error": error, "fonts": font_lists()})
    if error is not None:
        os._exit(1)
    confinement = confine.Confinement(
        syscall_filter=bytes(payload or b""),
        files=None if header["files"] is None else {**header["files"], "write": [scratch]},
    )
    if execute is not None:
        sys.path[:0] = support
        settled_memory.before_forks(many=serves == "many")
    if places:
        scratch_folder, control_in = zygote.fork_workers()
        control_out = control_in
    else:
        scratch_folder.empty()
    # Never as root: it runs the code that runs submissions.
    if execute is not None and header["runs"] >= LEAST_REHEARSED and os.getuid() != 0:
        from ..preparation.rehearsal import rehearse  # which imports torch

        rehearse(execute, str(scratch_folder.path))
        settled_memory.after_rehearsal()
    children: Children
    if execute is None:
        children = Spawned(scratch_folder, confinement, header["preload"], header["fonts"], support)
    else:
        children = Forked(scratch_folder, confinement, execute)
    Server(children=children, scratch=scratch_folder, control_in=control_in, control_out=control_out).serve()


def versions() -> dict[str, str | None]:
    """The versions of Python and of ``PACKAGES``, read without importing them; None: not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return found


def _lacking() -> str | None:
    """Which package is not installed, in words, so that not every spawned child has to fail."""
    found = versions()
    return next((f"{name} is not installed" for name in ("torch", "numpy") if found[name] is None), None)


def _take_channel() -> tuple[int, int]:
    """Move the channel away from standard input and output, which any code might read or write."""
    control_in, control_out = fcntl(0, F_DUPFD_CLOEXEC, FIRST_CONTROL_FD), fcntl(1, F_DUPFD_CLOEXEC, FIRST_CONTROL_FD)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return control_in, control_out


class HostGone(Exception):
    """The host closed the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a child ended: its status and processor time from ``wait4``, and why it was killed, if it was.

    ``status`` is None if it was killed and has not ended in time, as one that the kernel does not let go of.
    ``waited_s``: how long other programs kept it waiting (see ``run_time.RunTime``).
    """

    status: int | None
    cpu_s: float
    timed_out: bool
    exceeded: Exceeded | None
    waited_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Runs jobs one after the other, each in a child."""

    children: Children
    scratch: Scratch
    control_in: int
    control_out: int

    def serve(self) -> NoReturn:
        """Run until the host closes the channel, or until something that a child left cannot be removed."""
        clean = True
        with suppress(HostGone, ConnectionError):
            while clean and (frame := frames.read(self.control_in)) is not None:
                header, job = frame
                assert job is not None
                clean = self._run(header["limits"], job)
        with suppress(OSError):
            self.scratch.remove()  # the host does it, too, if it is still there
        os._exit(0 if clean else 1)

    def _run(self, limits: Mapping[str, Any], job: mmap.mmap) -> bool:
        """Run one job, from the start of its child to the ``done`` frame. Raises HostGone.

        False: processes or files of the child could not be removed, so no other submission may run here.
        """
        self.scratch.prepare()
        record, record_end = os.pipe()
        errors, errors_end = os.pipe()
        usage = Usage(str(self.scratch.path), limits, alone=descendants.is_alone())
        limit_bytes = limits["observation_bytes"]
        memory = RecordMemory(min(RECORD_BYTES, limit_bytes)) if self.children.shares_memory else None
        child = self.children.start(limits, job, record_end, errors_end, memory)
        job.close()
        os.close(record_end)
        os.close(errors_end)
        relay = Relay(record, memory, self.control_out, limit_bytes)
        try:
            error = self._await_begin(errors)
            started = time.monotonic()
            limit = started + limits["wall_s"]
            own_s = min(limits["own_s"] or limits["wall_s"], limits["wall_s"])
            frames.write(self.control_out, {"t": frame_types.BEGUN})
            # A mapping, unmapped before the next fork: one child's record must not be in the heap of the next child.
            with mmap.mmap(-1, CHUNK, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as buffer:
                ended = self._watch(child, relay, buffer, limit + GRACE_S, usage, own_s)
                relay.pass_on_memory()
                clean = descendants.kill_the_rest(child, _not_before(limit + KILLED_S)) and ended.status is not None
                clean = usage.has_settled(_not_before(limit + KILLED_S)) and clean
                os.set_blocking(record, False)
                while not relay.ended and not relay.truncated:
                    relay.pass_on(buffer)
        except BaseException:  # of the worker's own, too: without the worker nobody would end these processes
            with suppress(OSError):
                os.kill(child, signal.SIGKILL)
            descendants.kill_the_rest(child, time.monotonic() + KILLED_S)
            with suppress(OSError):
                self.scratch.empty()
            raise
        os.close(record)
        os.close(errors)
        if memory is not None:
            memory.close()
        try:
            self.scratch.empty(until=_not_before(limit + OVER_S))
        except OSError:
            clean = False
        wall_s = time.monotonic() - started
        code = -signal.SIGKILL if ended.status is None else os.waitstatus_to_exitcode(ended.status)
        done = {
            "t": frame_types.DONE,
            "exit": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "timed_out": ended.timed_out,
            "truncated": relay.truncated,
            "exceeded": ended.exceeded,
            "wall_s": wall_s,
            "cpu_s": ended.cpu_s,
            "waited_s": min(ended.waited_s, wall_s),
            "error": error,
            "clean": clean,
        }
        frames.write(self.control_out, done)
        return clean

    def _await_begin(self, errors: int) -> str | None:
        """Wait until the child is about to run the submission, which starts its clock. Returns why it cannot, if so.

        Raises HostGone.
        """
        poller = select.poll()
        poller.register(errors, select.POLLIN)
        poller.register(self.control_in, 0)  # a hang-up is always reported
        said = b""
        deadline = time.monotonic() + READY_S
        while (remaining_s := deadline - time.monotonic()) > 0:
            ready = {fd for fd, _ in poller.poll(1000 * remaining_s)}
            if self.control_in in ready:
                raise HostGone
            if errors in ready:
                piece = os.read(errors, 4096)
                if not piece:
                    return said.decode("utf-8", "replace") or None
                said += piece
        return "it was not ready in time"

    def _watch(
        self, child: int, relay: Relay, buffer: mmap.mmap, deadline: float, usage: Usage, processor_s: float
    ) -> Ended:
        """Relay the record until the child has ended or is killed, and reap the child. Raises HostGone.

        ``processor_s``: what all processes of the run may use of the processors together.
        """
        poller = select.poll()
        poller.register(relay.stream, select.POLLIN)
        poller.register(self.control_in, 0)  # a hang-up is always reported
        pidfd = _open_pidfd(child)
        if pidfd is not None:
            poller.register(pidfd, select.POLLIN)
        run_time = RunTime(child)
        run_time.look([child])
        next_check = time.monotonic() + CHECK_S
        timed_out = False
        exceeded: Exceeded | None = None
        try:
            while True:
                now = time.monotonic()
                # Looked at before everything else: how long a look at the processes takes is up to the submission.
                timed_out = now >= deadline
                if timed_out or exceeded is not None or relay.truncated:
                    relay.look()  # before the child is killed, which the kernel may take long for
                    break
                if now >= next_check:
                    relay.look()
                    exceeded = _look(run_time, usage, processor_s, deadline)
                    next_check = time.monotonic() + CHECK_S
                    continue
                wait_s = min(deadline, next_check) - now
                ready = {fd for fd, _ in poller.poll(1000 * (wait_s if pidfd is not None else TICK_S))}
                if self.control_in in ready:
                    raise HostGone
                if pidfd in ready:
                    break
                if pidfd is None and (ended := os.wait4(child, os.WNOHANG))[0] != 0:
                    return Ended(
                        status=ended[1],
                        cpu_s=descendants.cpu_s(ended[2]),
                        timed_out=False,
                        exceeded=None,
                        waited_s=run_time.waited_s,
                    )
                if relay.stream in ready:
                    relay.pass_on(buffer)
                    if relay.ended:
                        poller.unregister(relay.stream)
        finally:
            if pidfd is not None:
                os.close(pidfd)
        # While it can still be looked at: it is reaped below.
        run_time.look(list(descendants.others()) if run_time.processes > 1 else [child])
        status, cpu_s = descendants.kill(child, _not_before(deadline - GRACE_S + KILLED_S))
        return Ended(status=status, cpu_s=cpu_s, timed_out=timed_out, exceeded=exceeded, waited_s=run_time.waited_s)


def _not_before(moment: float) -> float:
    return max(moment, time.monotonic() + LEAST_S)


def _look(run_time: RunTime, usage: Usage, processor_s: float, deadline: float) -> Exceeded | None:
    """Look at all processes of the run: the limit that they exceed together, if any."""
    pids = list(descendants.others())
    run_time.look(pids)
    # Half a second more, as for the deadline: a run that uses one processor ends itself before.
    if run_time.used_s > processor_s + GRACE_S:
        return Exceeded("timeout", f"its processes together used the processors for more than {processor_s:.3g} s")
    return usage.exceeded(pids, deadline)


def _open_pidfd(child: int) -> int | None:
    """A descriptor that becomes readable when the child ends; None where the system has no such thing."""
    try:
        return os.pidfd_open(child)
    except (AttributeError, OSError):
        return None

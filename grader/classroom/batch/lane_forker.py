"""Forks lanes (``python -m grader.classroom.batch.lane_forker CHANNEL:ERRORS …``), so that they share what they import.

This process imports the judge and reads the course, while its worker imports torch. Then the worker forks a worker for
each lane (``runtime.server.zygote``), and this process a process for each lane, which has one of these workers. Where a
worker cannot do that, the lanes import everything by themselves.

CHANNEL is the descriptor of a lane's socket, on which it and the pool speak as ``lane_process`` and the pool do;
ERRORS that of a file for its standard error. On standard input come ``start`` with the options, ``prepare`` with the
modules to import, and ``end`` for a lane that hangs. When standard input ends, the lanes end.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import queue
import select
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import NoReturn

from grader.classroom.batch import lane, lane_process, messages
from grader.errors import GraderError
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions, decode_options
from grader.process_end import run_and_end
from grader.sandbox.channel import Channel
from grader.sandbox.worker_handle import WorkerHandle

logger = logging.getLogger("grader")

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a lane gets: the descriptors of its channel and of its standard error."""

    number: int
    channel: int
    errors: int

    @classmethod
    def read(cls, number: int, text: str) -> Place:
        channel, errors = map(int, text.split(":"))
        os.set_inheritable(channel, False)
        os.set_inheritable(errors, False)
        return cls(number=number, channel=channel, errors=errors)

    def frames(self) -> Channel:
        return Channel(read_fd=self.channel, write_fd=self.channel)


def main(arguments: Sequence[str]) -> int:
    pool = os.getppid()
    places = [Place.read(number, text) for number, text in enumerate(arguments)]
    control = Channel(read_fd=os.dup(0), write_fd=-1)
    os.dup2(2, 1)
    start = control.receive(lane_process.FOREVER_S)
    if start is None:
        return 0
    signal.signal(signal.SIGTERM, lane_process.stop)
    _end_with_parent(signal.SIGTERM, pool)
    options = decode_options(start[0])
    with ExitStack() as stack:
        plan: _Plan | None = None
        with lane_process.errors_told_to(places[0].frames()):
            plan = _plan(stack, places, control, options)
        if plan is not None:
            _supervise(control, _fork(places, plan.begin), plan.workers)
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How lanes begin: ``begin`` is called in the process of each, with its channel and its number. ``workers``: those
    that were forked for them.
    """

    begin: Callable[[Channel, int], None]
    workers: Sequence[WorkerHandle] = ()


def _plan(stack: ExitStack, places: Sequence[Place], control: Channel, options: GradingOptions) -> _Plan | None:
    """Import everything that the lanes share, if the machine allows that. None: the pool has gone. Raises GraderError
    where nothing can be graded.

    ``stack``: ends the worker when the lanes have ended.
    """
    try:
        opened = stack.enter_context(OpenGrader(options, workers=len(places)))
        why = opened.why_alone()
    except GraderError as error:  # each lane says so itself, if it concerns it
        why = str(error)
    if why is not None:
        logger.warning("Lanes do not share what they import. %s", why)
        stack.close()
        return _Plan(begin=lambda channel, _: _import_alone(channel, options))
    # Imported while the worker imports torch on another core.
    from grader.classroom.batch import grade_task  # noqa: F401 - for the lanes
    from grader.classroom.batch.ready import ready_of

    grader = opened.load()
    ready = ready_of(grader)
    for place in places:
        place.frames().send(messages.encode_ready(ready, opened.about()))
    prepare = control.receive(lane_process.FOREVER_S)
    if prepare is None:
        return None
    opened.preload(messages.decode_modules(prepare[0]), prepare[0]["runs"])
    workers = opened.split()

    def begin(channel: Channel, number: int) -> None:
        def run(frames: queue.Queue[lane_process.Frame]) -> None:
            with opened:
                lane_process.serve(opened, grader, ready.rubrics, channel, frames)

        opened.take(workers[number], workers)
        lane_process.be_lane(channel, run)

    return _Plan(begin=begin, workers=workers)


def _import_alone(channel: Channel, options: GradingOptions) -> None:
    lane_process.grade_in_lane(channel, options)


def _end_with_parent(how: signal.Signals, parent: int) -> None:
    """Have the kernel send this process a signal when the process that started it has ended."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, how)
    if os.getppid() != parent:  # it has ended already
        os.kill(os.getpid(), how)


def _fork(places: Sequence[Place], begin: Callable[[Channel, int], None]) -> Mapping[int, int]:
    """Fork a process for each lane, which calls ``begin`` with its channel and number, and ends. Returns a pidfd for
    each, by the number of the lane.
    """
    gc.collect()
    gc.freeze()  # the collector writes to no page that the lanes share
    parent = os.getpid()
    processes: dict[int, int] = {}
    for place in places:
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            _be_forked(place, places, parent, begin)
        processes[place.number] = os.pidfd_open(pid)
    for place in places:
        os.close(place.channel)
        os.close(place.errors)
    return processes


def _be_forked(place: Place, places: Sequence[Place], parent: int, begin: Callable[[Channel, int], None]) -> NoReturn:
    status = 1
    try:
        os.setsid()  # each session has a share of the processors of its own
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, 0)
            os.close(null)
            os.dup2(place.errors, 1)
            os.dup2(place.errors, 2)
            for other in places:
                os.close(other.errors)
                if other is not place:
                    os.close(other.channel)
            begin(place.frames(), place.number)
            status = 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(status)


def _supervise(control: Channel, processes: Mapping[int, int], workers: Sequence[WorkerHandle]) -> None:
    """Wait until all lanes have ended, and end the worker of each that has. When the pool is gone, the lanes end by
    themselves; those that do not are killed.
    """
    running = dict(processes)
    poller = select.poll()
    poller.register(control.read_fd, select.POLLIN)
    for pidfd in running.values():
        poller.register(pidfd, select.POLLIN)
    deadline: float | None = None
    while running:
        wait_ms = None if deadline is None else max(0.0, 1000 * (deadline - time.monotonic()))
        ready = {fd for fd, _ in poller.poll(wait_ms)}
        if control.read_fd in ready:
            frame = control.receive(lane.FRAME_S)
            if frame is None:
                poller.unregister(control.read_fd)
                deadline = time.monotonic() + lane.STOP_S
            elif frame[0]["t"] == messages.END and frame[0]["lane"] in running:
                signal.pidfd_send_signal(running[frame[0]["lane"]], signal.SIGKILL)
        elif deadline is not None and not ready:
            for pidfd in running.values():
                signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            deadline = None
        for number, pidfd in list(running.items()):
            if pidfd in ready:
                poller.unregister(pidfd)
                os.waitid(os.P_PIDFD, pidfd, os.WEXITED)
                os.close(running.pop(number))
                for worker in workers[number : number + 1]:
                    worker.close()


if __name__ == "__main__":
    run_and_end(lambda: main(sys.argv[1:]))

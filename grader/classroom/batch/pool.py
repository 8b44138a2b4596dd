"""The lanes of this machine: processes that grade tasks side by side, each with a worker and a judge of its own."""

from __future__ import annotations

import logging
import os
import selectors
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.classroom.batch import messages
from grader.classroom.batch.forked_lanes import MAX_LANES, ForkedLanes, can_share
from grader.classroom.batch.lane import Lane
from grader.classroom.batch.task_queue import MAX_DEATHS, PendingTask, TaskQueue
from grader.classroom.batch.tasks import Ready, Task
from grader.classroom.batch.time_limits import task_s
from grader.errors import CourseError, SandboxError
from grader.pipeline.options import GradingOptions
from grader.runtime.protocol.frames import FrameError, Json
from grader.sandbox.worker_handle import READY_S

logger = logging.getLogger(__name__)

# For types only: the processes are started before this one imports the model, so that both import at the same time.
if TYPE_CHECKING:
    from grader.model import Graded
    from grader.pipeline.broken_reference import BrokenReference

TASKS_AT_ONCE = 2
"""Tasks that a process has: the one that it grades, and the next, so that it need not wait for the pool."""
COMMAND = (sys.executable, "-P", "-m", "grader.classroom.batch.lane_process")
"""``-P``: nothing is imported from the current folder. Students' files may lie there."""


@dataclass(slots=True)
class Pool:
    """Lanes that share tasks. Use it from one thread, and ``close`` it in the end.

    A lane that dies is replaced. The task that it graded is tried once more, by another lane. ``command`` starts
    a lane. A lane that is silent for longer than ``task_s`` is considered hung and is replaced; None: by the time
    that its own limits allow.
    """

    options: GradingOptions
    size: int
    task_s: float | None = None
    command: Sequence[str] = COMMAND
    _modules: Sequence[str] | None = None
    _runs: int = 0
    """How many submissions each lane has at most."""
    _lanes: dict[int, Lane] = field(default_factory=dict)
    """By the file descriptor that the pool reads from."""
    _forked: list[ForkedLanes] = field(default_factory=list)
    """The processes that fork lanes, where these share what they import."""
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _queue: TaskQueue = field(default_factory=TaskQueue)
    _checked: Mapping[str, BrokenReference] = field(default_factory=dict)
    """The latest answer to the request to check the references."""
    _known_broken: Sequence[BrokenReference] | None = None
    """What all processes are told of the references; None: not known yet."""

    def __post_init__(self) -> None:
        missing = self.size
        if self.command is COMMAND and can_share(self.options):
            while missing > 1:
                self._forked.append(ForkedLanes(self.options, min(missing, MAX_LANES)))
                for lane in self._forked[-1].lanes:
                    self._add(lane)
                missing -= len(self._forked[-1].lanes)
        for _ in range(missing):
            self._start_lane()

    def prepare(self, modules: Sequence[str], submissions: int = 0) -> None:
        self._modules, self._runs = modules, submissions // self.size
        for forked in self._forked:
            forked.prepare(modules, self._runs)
        for lane in self._lanes.values():
            lane.prepare(modules, self._runs)

    def ready(self) -> Ready:
        if self._modules is None:
            self.prepare(())
        while True:
            for lane in self._lanes.values():
                if lane.ready is not None:
                    return lane.ready
            self._wait()

    def check_references(self) -> Mapping[str, BrokenReference]:
        self.ready()
        broken = self._ask_for_check(again=False)
        if any(one.timed_out for one in broken.values()):
            # Perhaps because of the imports of the other processes. They are waited for, so that nothing else runs.
            self._settle()
            broken = self._ask_for_check(again=True)
        self._known_broken = tuple(broken.values())
        for lane in self._lanes.values():
            lane.tell_references(self._known_broken)
        return broken

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        queue = self._queue
        queue.add(tasks)
        while True:
            while (lane := self._free_lane()) is not None and (pending := queue.next()) is not None:
                self._give(lane, pending)
                yield from queue.results()
            if queue.is_empty and not any(lane.pending for lane in self._lanes.values()):
                alone = queue.next_alone()
                if alone is None:
                    return
                self._give(next(iter(self._lanes.values())), alone)
            self._wait()
            yield from queue.results()

    def close(self) -> None:
        for lane in self._lanes.values():
            lane.ask_to_end()
        for forked in self._forked:
            forked.ask_to_end()
        for lane in self._lanes.values():
            lane.end()
        self._lanes.clear()
        for forked in self._forked:
            forked.close()
        self._forked.clear()
        self._selector.close()

    # ----------------------------------------------------------------------------------------------------------------

    def _ask_for_check(self, *, again: bool) -> Mapping[str, BrokenReference]:
        """Have one process judge the references. If it dies of them, another one tries once more."""
        for _ in range(MAX_DEATHS):
            lane = next(lane for lane in self._lanes.values() if lane.ready is not None)
            references = 1 if lane.ready is None else len(lane.ready.statements)
            lane.ask(messages.encode_check(again=again), references * self._task_s(lane))
            while lane.asked and self._lanes.get(lane.fd) is lane:
                self._wait()
            if not lane.asked:
                return self._checked
            self.ready()
        raise SandboxError("The process that judges the reference solutions ended, twice. --log-file says more.")

    def _settle(self) -> None:
        for lane in self._lanes.values():
            lane.ask(messages.encode_settle(), READY_S)
        while any(lane.asked for lane in self._lanes.values()):
            self._wait()

    def _give(self, lane: Lane, pending: PendingTask) -> None:
        """Give a task to a lane. What cannot be sent costs only itself."""
        try:
            lane.give(pending, self._task_s(lane))
        except FrameError as error:
            why = f"It is too large to be graded: {error}."
            self._queue.refuse(pending, self.ready(), why)

    def _free_lane(self) -> Lane | None:
        lane = min(self._lanes.values(), key=lambda lane: len(lane.pending))
        return lane if len(lane.pending) < TASKS_AT_ONCE else None

    def _wait(self) -> None:
        """Wait for frames, and take them; replace processes that have ended or are silent for too long."""
        now = time.monotonic()
        deadlines = [lane.deadline for lane in self._lanes.values() if _owes_answer(lane)]
        for key, _ in self._selector.select(max(0.0, min(deadlines, default=now) - now)):
            lane = self._lanes[key.fd]
            for frame in lane.receive():
                if frame is None:
                    self._replace(lane, lane.last_error_line())
                else:
                    self._take(lane, *frame)
        for lane in list(self._lanes.values()):
            if _owes_answer(lane) and time.monotonic() > lane.deadline:
                self._replace(lane, "it did not answer in time")

    def _take(self, lane: Lane, header: Json, payload: bytes) -> None:
        if header["t"] == messages.FAILED:
            raise messages.decode_error(header)
        if header["t"] == messages.LOG:
            messages.write_log(header)
            return
        if header["t"] == messages.READY:
            self._check(lane, messages.decode_ready(header))
            return
        if header["t"] in (messages.CHECKED, messages.SETTLED):
            lane.asked = False
            if header["t"] == messages.CHECKED:
                self._checked = {one.exercise: one for one in messages.decode_references(header)}
            return
        graded = messages.decode_graded(header, payload)
        if lane.pending and lane.pending[0].task.key == graded.key:
            self._queue.put_result(lane.pending.popleft(), graded)
            lane.deadline = time.monotonic() + self._task_s(lane)

    def _check(self, lane: Lane, ready: Ready) -> None:
        """All processes must have read the same course. Somebody may edit it while they start one after the other."""
        known = next((other.ready for other in self._lanes.values() if other.ready is not None), ready)
        if known != ready:
            raise CourseError(
                f"{self.options.course}: the course was changed while the class was graded. What is done is saved; run "
                "the same command again."
            )
        lane.ready = ready
        lane.deadline = time.monotonic() + self._task_s(lane)

    def _task_s(self, lane: Lane) -> float:
        """How long a process may be silent while it grades a task."""
        if self.task_s is not None:
            return self.task_s
        return task_s(0.0 if lane.ready is None else lane.ready.run_s)

    def _replace(self, lane: Lane, why: str) -> None:
        """Start a process in place of one that has ended. Its tasks are sent again, except for a task that too many
        processes have died of.
        """
        logger.warning(
            "%s failed: %s. Its standard error:\n%s",
            lane.name,
            why,
            lane.standard_error(),
        )
        if lane.ready is None and not lane.is_forked:
            raise SandboxError(f"A grading process could not be started: {why}")
        self._selector.unregister(lane.fd)
        del self._lanes[lane.fd]
        lane.end()
        if lane.ready is None:
            for pending in lane.pending:
                self._queue.take_back(pending)
        elif lane.pending:
            self._queue.put_back(lane.pending, lane.ready, why)
        self._start_lane()

    def _start_lane(self) -> None:
        self._add(Lane(self.options, self.command))

    def _add(self, lane: Lane) -> None:
        self._lanes[lane.fd] = lane
        self._selector.register(lane.fd, selectors.EVENT_READ)
        if self._modules is not None:
            lane.prepare(self._modules, self._runs)
        if self._known_broken is not None:
            lane.tell_references(self._known_broken)


def cores() -> int:
    """How many processors this process may use."""
    with suppress(AttributeError):  # not Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _owes_answer(lane: Lane) -> bool:
    return bool(lane.pending) or lane.asked or lane.ready is None

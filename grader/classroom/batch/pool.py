"""The processes of this machine as workers: lanes side by side, each a fork server with its judge."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from grader.classroom.batch import messages
from grader.classroom.batch.tasks import Orders, Ready, Task
from grader.errors import CourseError, SandboxError
from grader.model import Graded
from grader.runtime.protocol.frames import FrameError, Json
from grader.sandbox.channel import Channel
from grader.sandbox.worker import CLEANUP_S, READY_S

AHEAD = 2
"""Tasks that a lane has at once: one that it grades, and the next, so that it need not wait for us."""
TRIES = 2
LANE = (sys.executable, "-P", "-m", "grader.classroom.batch.pool_process")
"""``-P``: nothing is imported from the folder where we were started. Students' files may lie there."""
FRAME_S = 60.0
STOP_S = 3.0


@dataclass(slots=True)
class _Job:
    """A task on its way. ``tries`` counts the lanes that it was the end of."""

    task: Task
    tries: int = 0


class _Lane:
    """One process, with the tasks that it has and has not answered, the one that it works at first."""

    def __init__(self, orders: Orders, command: Sequence[str]) -> None:
        self.jobs: deque[_Job] = deque()
        self.ready: Ready | None = None
        self.deadline = time.monotonic() + READY_S
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, bufsize=0,
            start_new_session=True,  # an interrupt at the keyboard is for us; we end the lanes
        )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.fd = self._process.stdout.fileno()
        self._channel = Channel(read_fd=self.fd, write_fd=self._process.stdin.fileno())
        self._send(messages.encode_orders(orders), b"")

    @property
    def pid(self) -> int:
        return self._process.pid

    def prepare(self, modules: Sequence[str]) -> None:
        self._send(messages.encode_modules(modules), b"")

    def give(self, job: _Job, task_s: float) -> None:
        if not self.jobs:
            self.deadline = time.monotonic() + task_s
        self.jobs.append(job)
        self._send(*messages.encode_task(job.task))

    def receive(self) -> Iterator[tuple[Json, bytes] | None]:
        """The frames that have come; None where the process has ended, or talks nonsense."""
        while True:
            try:
                frame = self._channel.receive(FRAME_S)
            except (FrameError, TimeoutError, OSError):
                frame = None
            yield frame
            if frame is None or not self._channel.holds_frame:
                return

    def last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it gave no reason"

    def ask_to_end(self) -> None:
        """The end of its input ends a lane, and all that it started."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()

    def end(self) -> None:
        self.ask_to_end()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._errors.close()

    def _send(self, header: messages.Json, payload: bytes) -> None:
        with suppress(OSError):  # that it has ended shows when it is read from
            self._channel.send(header, payload)


@dataclass(slots=True)
class Pool:
    """Lanes that share tasks. Use it from one thread; ``close`` it in the end.

    A lane that dies costs the task that it worked at one try, and is replaced. ``task_s`` is how long a lane may be
    silent about one: its own limits are far shorter, so it has lost its mind by then. ``command`` starts a lane.
    """

    orders: Orders
    size: int
    task_s: float = 0.0
    command: Sequence[str] = LANE
    _modules: Sequence[str] | None = None
    _lanes: dict[int, _Lane] = field(default_factory=dict)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _again: deque[_Job] = field(default_factory=deque)
    _answered: deque[Graded] = field(default_factory=deque)

    def __post_init__(self) -> None:
        # Two runs, each tried on two workers, and the judge.
        self.task_s = self.task_s or 4 * (self.orders.timeout_s + CLEANUP_S) + READY_S
        for _ in range(self.size):
            self._start_lane()

    def prepare(self, modules: Sequence[str]) -> None:
        self._modules = modules
        for lane in self._lanes.values():
            lane.prepare(modules)

    def ready(self) -> Ready:
        while True:
            for lane in self._lanes.values():
                if lane.ready is not None:
                    return lane.ready
            self._wait()

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        waiting = iter(tasks)
        more = True
        while True:
            while more and (lane := self._free_lane()) is not None:
                job = self._next(waiting)
                more = job is not None
                if job is not None:
                    lane.give(job, self.task_s)
                yield from self._take_answers()
            if not more and not self._again and not any(lane.jobs for lane in self._lanes.values()):
                return
            self._wait()
            more = more or bool(self._again)
            yield from self._take_answers()

    def close(self) -> None:
        for lane in self._lanes.values():
            lane.ask_to_end()
        for lane in self._lanes.values():
            lane.end()
        self._lanes.clear()
        self._selector.close()

    # ----------------------------------------------------------------------------------------------------------------

    def _next(self, waiting: Iterator[Task]) -> _Job | None:
        if self._again:
            return self._again.popleft()
        task = next(waiting, None)
        return None if task is None else _Job(task)

    def _free_lane(self) -> _Lane | None:
        lane = min(self._lanes.values(), key=lambda one: len(one.jobs))
        return lane if len(lane.jobs) < AHEAD else None

    def _take_answers(self) -> Iterator[Graded]:
        while self._answered:
            yield self._answered.popleft()

    def _wait(self) -> None:
        """Wait for frames, and take them; give up lanes that are silent for too long."""
        now = time.monotonic()
        busy = [lane.deadline for lane in self._lanes.values() if lane.jobs or lane.ready is None]
        for key, _ in self._selector.select(max(0.0, min(busy, default=now) - now)):
            lane = self._lanes[key.fd]
            for frame in lane.receive():
                if frame is None:
                    self._replace(lane, lane.last_words())
                else:
                    self._take(lane, *frame)
        for lane in list(self._lanes.values()):
            if (lane.jobs or lane.ready is None) and time.monotonic() > lane.deadline:
                self._replace(lane, "it did not answer in time")

    def _take(self, lane: _Lane, header: Json, payload: bytes) -> None:
        if header["t"] == "failed":
            raise messages.decode_error(header)
        if header["t"] == "ready":
            self._check(lane, messages.decode_ready(header))
            return
        graded = messages.decode_graded(header, payload)
        if lane.jobs and lane.jobs[0].task.key == graded.key:
            lane.jobs.popleft()
            lane.deadline = time.monotonic() + self.task_s
            self._answered.append(graded)

    def _check(self, lane: _Lane, ready: Ready) -> None:
        """All lanes grade by the same course: it may be edited while the first of them are already at work."""
        known = next((other.ready for other in self._lanes.values() if other.ready is not None), ready)
        if known != ready:
            raise CourseError(
                f"{self.orders.course}: the course was changed while the class was graded. What is done is saved; run "
                "the same command again."
            )
        lane.ready = ready
        lane.deadline = time.monotonic() + self.task_s

    def _replace(self, lane: _Lane, why: str) -> None:
        """Start another lane in place of one that has ended; the task that it worked at gets one more try."""
        if lane.ready is None:
            raise SandboxError(f"A grading process could not be started: {why}")
        self._selector.unregister(lane.fd)
        del self._lanes[lane.fd]
        lane.end()
        jobs, lane.jobs = lane.jobs, deque()
        if jobs:
            jobs[0].tries += 1
            if jobs[0].tries >= TRIES:
                self._answered.append(_given_up(jobs.popleft().task, lane.ready, why))
        self._again.extend(jobs)
        self._start_lane()

    def _start_lane(self) -> None:
        lane = _Lane(self.orders, self.command)
        self._lanes[lane.fd] = lane
        self._selector.register(lane.fd, selectors.EVENT_READ)
        if self._modules is not None:
            lane.prepare(self._modules)


def cores() -> int:
    """How many processors this process may use."""
    with suppress(AttributeError):  # not Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _given_up(task: Task, ready: Ready, why: str) -> Graded:
    text = f"Grading it ended the grading process, twice ({why}). This is the grader's fault, not the student's."
    return Graded(key=task.key, status="broken", rubrics=ready.rubrics, why=text)

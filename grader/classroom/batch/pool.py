"""The processes of this machine that grade tasks side by side, each with a worker and a judge of its own."""

from __future__ import annotations

import logging
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from grader.classroom.batch import messages
from grader.classroom.batch.tasks import Ready, Task
from grader.errors import CourseError, SandboxError
from grader.pipeline.options import GradingOptions
from grader.runtime.protocol.frames import FrameError, Json
from grader.sandbox.channel import Channel
from grader.sandbox.worker_handle import CLEANUP_S, READY_S

logger = logging.getLogger(__name__)

# For types only: the processes are started before this one imports the model, so that both import at the same time.
if TYPE_CHECKING:
    from grader.model import Graded
    from grader.pipeline.broken_reference import BrokenReference

TASKS_AT_ONCE = 2
"""Tasks that a process has: the one that it grades, and the next, so that it need not wait for the pool."""
MAX_DEATHS = 2
"""A task is given up when so many processes have died while grading it."""
COMMAND = (sys.executable, "-P", "-m", "grader.classroom.batch.pool_process")
"""``-P``: nothing is imported from the current folder. Students' files may lie there."""
FRAME_S = 60.0
STOP_S = 3.0
STANDARD_ERROR_BYTES = 64 * 1024


@dataclass(slots=True)
class _PendingTask:
    """A task that has no result yet."""

    task: Task
    deaths: int = 0
    """How many processes died while grading this task."""
    alone: bool = False
    """It was kept waiting before, and is graded again when no other task is."""


class _PoolProcess:
    """A process of the pool, and the tasks that were sent to it and not answered. It grades the first of them."""

    def __init__(self, options: GradingOptions, command: Sequence[str]) -> None:
        self.pending: deque[_PendingTask] = deque()
        self.ready: Ready | None = None
        self.asked = False
        """It was asked to check the references, or to settle, and has not answered."""
        self.deadline = time.monotonic() + READY_S
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            bufsize=0,
            start_new_session=True,  # Ctrl-C interrupts the pool alone, which then ends its processes
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.fd = self._process.stdout.fileno()
        self._channel = Channel(read_fd=self.fd, write_fd=self._process.stdin.fileno())
        self._send(messages.encode_options(options), b"")

    @property
    def pid(self) -> int:
        return self._process.pid

    def prepare(self, modules: Sequence[str]) -> None:
        self._send(messages.encode_modules(modules), b"")

    def ask(self, question: messages.Json, within_s: float) -> None:
        self.asked = True
        self.deadline = time.monotonic() + within_s
        self._send(question, b"")

    def tell_references(self, broken: Iterable[BrokenReference]) -> None:
        self._send(messages.encode_references(messages.REFERENCES, broken), b"")

    def give(self, pending: _PendingTask, task_s: float) -> None:
        """Send a task. Raises FrameError, before anything is sent, where it does not fit into a frame."""
        self._send(*messages.encode_task(pending.task))
        if not self.pending and self.ready is not None:  # otherwise it has the time that it takes to start
            self.deadline = time.monotonic() + task_s
        self.pending.append(pending)

    def receive(self) -> Iterator[tuple[Json, bytes] | None]:
        """The frames that have come; None where the process has ended, or sent what is no frame."""
        while True:
            try:
                frame = self._channel.receive(FRAME_S)
            except (FrameError, TimeoutError, OSError):
                frame = None
            yield frame
            if frame is None or not self._channel.holds_frame:
                return

    def standard_error(self) -> str:
        """What the process wrote to standard error, or the end of it."""
        end = self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, end - STANDARD_ERROR_BYTES))
        return self._errors.read().decode("utf-8", "replace").strip()

    def last_error_line(self) -> str:
        """The last line that the process wrote to standard error."""
        written = self.standard_error()
        return written.splitlines()[-1] if written else "it gave no reason"

    def ask_to_end(self) -> None:
        """Close the process's standard input: then it ends itself and everything that it started."""
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
        with suppress(OSError):  # the process has ended, which shows when the pool reads from it
            self._channel.send(header, payload)


@dataclass(slots=True)
class Pool:
    """Processes that share tasks. Use it from one thread, and ``close`` it in the end.

    A process that dies is replaced. The task that it graded is tried once more, by another process. ``command`` starts
    a process. A process that is silent for longer than ``task_s`` is considered hung and is replaced; None: by the time
    that its own limits allow.
    """

    options: GradingOptions
    size: int
    task_s: float | None = None
    command: Sequence[str] = COMMAND
    _modules: Sequence[str] | None = None
    _processes: dict[int, _PoolProcess] = field(default_factory=dict)
    """By the file descriptor of their standard output."""
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _again: deque[_PendingTask] = field(default_factory=deque)
    """Tasks of processes that have died."""
    _kept_waiting: deque[_PendingTask] = field(default_factory=deque)
    """Tasks whose result is not final. They are graded again in the end, one after the other."""
    _answered: deque[Graded] = field(default_factory=deque)
    _checked: Mapping[str, BrokenReference] = field(default_factory=dict)
    """The latest answer to the request to check the references."""
    _known_broken: Sequence[BrokenReference] | None = None
    """What all processes are told of the references; None: not known yet."""

    def __post_init__(self) -> None:
        for _ in range(self.size):
            self._start_process()

    def prepare(self, modules: Sequence[str]) -> None:
        self._modules = modules
        for process in self._processes.values():
            process.prepare(modules)

    def ready(self) -> Ready:
        while True:
            for process in self._processes.values():
                if process.ready is not None:
                    return process.ready
            self._wait()

    def check_references(self) -> Mapping[str, BrokenReference]:
        self.ready()
        broken = self._ask_for_check(again=False)
        if any(one.timed_out for one in broken.values()):
            # Perhaps because of the imports of the other processes. They are waited for, so that nothing else runs.
            self._settle()
            broken = self._ask_for_check(again=True)
        self._known_broken = tuple(broken.values())
        for process in self._processes.values():
            process.tell_references(self._known_broken)
        return broken

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        waiting = iter(tasks)
        more = True
        while True:
            while more and (process := self._free_process()) is not None:
                pending = self._next(waiting)
                more = pending is not None
                if pending is not None:
                    self._give(process, pending)
                yield from self._take_answers()
            if not more and not self._again and not any(process.pending for process in self._processes.values()):
                if not self._kept_waiting:
                    return
                self._again.append(self._kept_waiting.popleft())
                more = True
                continue
            self._wait()
            more = more or bool(self._again)
            yield from self._take_answers()

    def close(self) -> None:
        for process in self._processes.values():
            process.ask_to_end()
        for process in self._processes.values():
            process.end()
        self._processes.clear()
        self._selector.close()

    # ----------------------------------------------------------------------------------------------------------------

    def _ask_for_check(self, *, again: bool) -> Mapping[str, BrokenReference]:
        """Have one process judge the references. If it dies of them, another one tries once more."""
        for _ in range(MAX_DEATHS):
            process = next(process for process in self._processes.values() if process.ready is not None)
            references = 1 if process.ready is None else len(process.ready.statements)
            process.ask(messages.encode_check(again=again), references * self._task_s(process))
            while process.asked and self._processes.get(process.fd) is process:
                self._wait()
            if not process.asked:
                return self._checked
            self.ready()
        raise SandboxError("The process that judges the reference solutions ended, twice. --log-file says more.")

    def _settle(self) -> None:
        for process in self._processes.values():
            process.ask(messages.encode_settle(), READY_S)
        while any(process.asked for process in self._processes.values()):
            self._wait()

    def _next(self, waiting: Iterator[Task]) -> _PendingTask | None:
        if self._again:
            return self._again.popleft()
        task = next(waiting, None)
        return None if task is None else _PendingTask(task)

    def _give(self, process: _PoolProcess, pending: _PendingTask) -> None:
        """Give a task to a process. What cannot be sent costs only itself."""
        try:
            process.give(pending, self._task_s(process))
        except FrameError as error:
            why = f"It is too large to be graded: {error}."
            self._answered.append(messages.broken(pending.task.key, self.ready().rubrics, why, unreadable=True))

    def _free_process(self) -> _PoolProcess | None:
        process = min(self._processes.values(), key=lambda process: len(process.pending))
        return process if len(process.pending) < TASKS_AT_ONCE else None

    def _take_answers(self) -> Iterator[Graded]:
        while self._answered:
            yield self._answered.popleft()

    def _wait(self) -> None:
        """Wait for frames, and take them; replace processes that have ended or are silent for too long."""
        now = time.monotonic()
        deadlines = [process.deadline for process in self._processes.values() if _owes_answer(process)]
        for key, _ in self._selector.select(max(0.0, min(deadlines, default=now) - now)):
            process = self._processes[key.fd]
            for frame in process.receive():
                if frame is None:
                    self._replace(process, process.last_error_line())
                else:
                    self._take(process, *frame)
        for process in list(self._processes.values()):
            if _owes_answer(process) and time.monotonic() > process.deadline:
                self._replace(process, "it did not answer in time")

    def _take(self, process: _PoolProcess, header: Json, payload: bytes) -> None:
        if header["t"] == messages.FAILED:
            raise messages.decode_error(header)
        if header["t"] == messages.LOG:
            messages.write_log(header)
            return
        if header["t"] == messages.READY:
            self._check(process, messages.decode_ready(header))
            return
        if header["t"] in (messages.CHECKED, messages.SETTLED):
            process.asked = False
            if header["t"] == messages.CHECKED:
                self._checked = {one.exercise: one for one in messages.decode_references(header)}
            return
        graded = messages.decode_graded(header, payload)
        if process.pending and process.pending[0].task.key == graded.key:
            pending = process.pending.popleft()
            process.deadline = time.monotonic() + self._task_s(process)
            if graded.not_final and not pending.alone:
                task = replace(pending.task, more_time=_more_time(graded))
                self._kept_waiting.append(_PendingTask(task, alone=True))
            else:
                self._answered.append(graded)

    def _check(self, process: _PoolProcess, ready: Ready) -> None:
        """All processes must have read the same course. Somebody may edit it while they start one after the other."""
        known = next((other.ready for other in self._processes.values() if other.ready is not None), ready)
        if known != ready:
            raise CourseError(
                f"{self.options.course}: the course was changed while the class was graded. What is done is saved; run "
                "the same command again."
            )
        process.ready = ready
        process.deadline = time.monotonic() + self._task_s(process)

    def _task_s(self, process: _PoolProcess) -> float:
        """How long a process may be silent while it grades a task."""
        if self.task_s is not None:
            return self.task_s
        # Enough for four runs with twice their time, two of them for checks that students do not see, each tried on
        # two workers, and for the judge.
        run_s = 0.0 if process.ready is None else process.ready.run_s
        return 8 * (2 * run_s + CLEANUP_S) + READY_S

    def _replace(self, process: _PoolProcess, why: str) -> None:
        """Start a process in place of one that has ended. Its tasks are sent again, except for a task that too many
        processes have died of.
        """
        logger.warning(
            "Process %d of the pool failed: %s. Its standard error:\n%s",
            process.pid,
            why,
            process.standard_error(),
        )
        if process.ready is None:
            raise SandboxError(f"A grading process could not be started: {why}")
        self._selector.unregister(process.fd)
        del self._processes[process.fd]
        process.end()
        pending, process.pending = process.pending, deque()
        if pending:
            pending[0].deaths += 1
            if pending[0].deaths >= MAX_DEATHS:
                self._answered.append(_given_up(pending.popleft().task, process.ready, why))
        self._again.extend(pending)
        self._start_process()

    def _start_process(self) -> None:
        process = _PoolProcess(self.options, self.command)
        self._processes[process.fd] = process
        self._selector.register(process.fd, selectors.EVENT_READ)
        if self._modules is not None:
            process.prepare(self._modules)
        if self._known_broken is not None:
            process.tell_references(self._known_broken)


def cores() -> int:
    """How many processors this process may use."""
    with suppress(AttributeError):  # not Linux
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _owes_answer(process: _PoolProcess) -> bool:
    return bool(process.pending) or process.asked or process.ready is None


def _more_time(graded: Graded) -> float:
    from grader.pipeline.kept_waiting import more_time_for

    return more_time_for(graded.kept_waiting)


def _given_up(task: Task, ready: Ready, why: str) -> Graded:
    text = f"Grading it ended the grading process, twice ({why}). This is the grader's fault, not the student's."
    return messages.broken(task.key, ready.rubrics, text)

"""Tasks on their way, whoever grades them: which is next, which is tried again, which is given up."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from grader.classroom.batch import messages
from grader.classroom.batch.tasks import Ready, Task

# For types only: lanes are started before this process imports the model.
if TYPE_CHECKING:
    from grader.model import Graded

MAX_DEATHS = 2
"""A task is given up when so many processes have died while grading it."""


@dataclass(slots=True)
class PendingTask:
    """A task that has no result yet."""

    task: Task
    deaths: int = 0
    """How many processes died while grading this task."""
    alone: bool = False
    """It was kept waiting before, and is graded again when no other task is."""


@dataclass(slots=True)
class TaskQueue:
    """Tasks are taken from an iterable as there is room for them, so that a large class is read lazily."""

    _new: Iterator[Task] = field(default_factory=lambda: iter(()))
    _is_over: bool = True
    """``_new`` has no more tasks."""
    _again: deque[PendingTask] = field(default_factory=deque)
    """Tasks of processes that have died."""
    _kept_waiting: deque[PendingTask] = field(default_factory=deque)
    """Tasks whose result is not final. They are graded again in the end, one after the other."""
    _answered: deque[Graded] = field(default_factory=deque)

    def add(self, tasks: Iterable[Task]) -> None:
        """Take further tasks, after all earlier ones are done."""
        self._new, self._is_over = iter(tasks), False

    def next(self) -> PendingTask | None:
        """The next task; None: there is none at the moment."""
        if self._again:
            return self._again.popleft()
        if self._is_over:
            return None
        task = next(self._new, None)
        self._is_over = task is None
        return None if task is None else PendingTask(task)

    def next_alone(self) -> PendingTask | None:
        """The next of the tasks whose result was not final, for when no other is graded; None: there is none."""
        return self._kept_waiting.popleft() if self._kept_waiting else None

    @property
    def has_alone(self) -> bool:
        """Whether ``next_alone`` has one."""
        return bool(self._kept_waiting)

    @property
    def is_empty(self) -> bool:
        """Whether ``next`` has none."""
        return self._is_over and not self._again

    def put_result(self, pending: PendingTask, graded: Graded) -> None:
        """Take the result of a task. One that is not final is kept back, once: the task is graded again, alone."""
        if graded.not_final and not pending.alone:
            from grader.pipeline.kept_waiting import more_time_for

            task = replace(pending.task, more_time=more_time_for(graded.kept_waiting))
            self._kept_waiting.append(PendingTask(task, alone=True))
        else:
            self._answered.append(graded)

    def take_back(self, pending: PendingTask) -> None:
        """Take back a task that was not begun, or whose process ended for a reason of its own."""
        self._again.append(pending)

    def hold(self, pending: PendingTask) -> None:
        """Take back a task that nobody can be given now. It is the next one."""
        self._again.appendleft(pending)

    def put_back(self, pending: Sequence[PendingTask], ready: Ready, why: str, limit: int = MAX_DEATHS) -> None:
        """Take back the tasks of a process that has died of the first of them; ``why`` it died, in words. ``limit``:
        how many processes may die of a task.
        """
        first, *others = pending
        first.deaths += 1
        if first.deaths >= limit:
            text = (
                f"Grading it ended the grading process, {'twice' if limit == 2 else f'{limit} times'} ({why}). This is "
                "the grader's fault, not the student's."
            )
            self._answered.append(messages.broken(first.task.key, ready.rubrics, text))
            self._again.extend(others)
        else:
            self._again.extend(pending)

    def refuse(self, pending: PendingTask, ready: Ready, why: str) -> None:
        """Take back a task that cannot be sent."""
        self._answered.append(messages.broken(pending.task.key, ready.rubrics, why, unreadable=True))

    def results(self) -> Iterator[Graded]:
        """The results that have come; each is returned once."""
        while self._answered:
            yield self._answered.popleft()

"""A batch on a cluster of any size, as a plain discrete-event model. Nothing is run: every part only takes its time.

    reader ──► scheduler ──► workers ──► scheduler ──► writer
       ▲                                                 │
       └────────── a worker has room again ◄─────────────┘

Each part does one thing after the other. The reader (read a submission, digest it, send it) and the writer (decode a
result, store it) are one process, as in ``grade batch``, unless the model is told otherwise: then they are two, and
Dask's client is in the reader; or there are several batches, each with its own section of the class and its own
gradebook. A worker has at most ``in_flight`` tasks, the first of which it grades. Whatever waits for the writer when a
transaction begins goes into it, up to ``commit`` results.

Not in the model: a network that is too slow for the bytes, workers that die, their start.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

from cluster_costs import Costs

NETWORK_S = 0.0005
"""From one part to the next, beside what Dask takes to pack and unpack a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the work is divided."""

    workers: int
    in_flight: int = 2
    commit: int = 1
    own_writer: bool = False
    """The writer is a process of its own."""
    sections: int = 1
    """How many batches share the workers, each with a section of the class, a gradebook and a scheduler of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    seconds: float
    tasks: int
    busy: dict[str, float]
    """The share of the time that each part was at work; of the main process, the mean of both where it is two."""
    waiting: int
    """The most results that have waited for the writer of a section."""

    @property
    def rate(self) -> float:
        return self.tasks / self.seconds


def simulate(costs: Costs, task_s: Sequence[float], tasks: int, plan: Plan, seed: int = 0) -> Outcome:
    """Grade ``tasks``, whose times are drawn from ``task_s``, by a plan. Sections are alike, so one is simulated."""
    section = _Section(costs, task_s, tasks // plan.sections, max(1, plan.workers // plan.sections), plan, seed)
    return section.run()


class _Section:
    """One batch. Its events are a moment, a method, and what that is called with."""

    def __init__(self, costs: Costs, task_s: Sequence[float], tasks: int, workers: int, plan: Plan, seed: int) -> None:
        self._costs, self._task_s, self._plan, self._chance = costs, task_s, plan, random.Random(seed)
        self._tasks = self._to_read = tasks
        self._workers = workers
        self._room = deque(worker for _ in range(plan.in_flight) for worker in range(workers))
        """Workers that can take a task, those first that have waited longest."""
        self._worker_free_at = [0.0] * workers
        self._scheduler_free_at = 0.0
        self._results: deque[int] = deque()
        """By which worker: what waits for the writer."""
        self._is_reading = self._is_writing = False
        self._events: list[tuple[float, int, Callable[[int], None], int]] = []
        self._now, self._stored, self._waiting = 0.0, 0, 0
        self._numbers = count()
        self._busy = {"main process": 0.0, "scheduler": 0.0, "workers": 0.0}

    def run(self) -> Outcome:
        self._look_for_work()
        while self._stored < self._tasks:
            self._now, _, event, argument = heapq.heappop(self._events)
            event(argument)
            self._look_for_work()
        of = {"main process": 2 if self._plan.own_writer else 1, "scheduler": 1, "workers": self._workers}
        busy = {part: seconds / self._now / of[part] for part, seconds in self._busy.items()}
        return Outcome(seconds=self._now, tasks=self._tasks * self._plan.sections, busy=busy, waiting=self._waiting)

    def _look_for_work(self) -> None:
        """The main process fills the workers first, as the batch does, and stores results when they are full."""
        costs, plan = self._costs, self._plan
        client = 1.0 if plan.own_writer else 0.5
        if self._room and self._to_read and not self._is_reading and (plan.own_writer or not self._is_writing):
            self._is_reading = True
            self._to_read -= 1
            self._after(
                self._at_work("main process", costs.read_s + costs.client_s * client), self._sent, self._room.popleft()
            )
        if self._results and not self._is_writing and (plan.own_writer or not self._is_reading):
            self._is_writing = True
            size = min(plan.commit, len(self._results))
            self._room.extend(self._results.popleft() for _ in range(size))
            took = costs.commit_s + size * (costs.client_s * (1 - client) + costs.decode_s + costs.row_s)
            self._after(self._at_work("main process", took), self._written, size)

    def _sent(self, worker: int) -> None:
        self._is_reading = False
        self._after(NETWORK_S, self._at_scheduler_with_task, worker)

    def _at_scheduler_with_task(self, worker: int) -> None:
        self._after(self._scheduled() + NETWORK_S, self._at_worker, worker)

    def _at_worker(self, worker: int) -> None:
        took = self._at_work("workers", self._chance.choice(self._task_s))
        self._worker_free_at[worker] = max(self._worker_free_at[worker], self._now) + took
        self._after(self._worker_free_at[worker] - self._now + NETWORK_S, self._at_scheduler_with_result, worker)

    def _at_scheduler_with_result(self, worker: int) -> None:
        self._after(self._scheduled() + NETWORK_S, self._received, worker)

    def _received(self, worker: int) -> None:
        self._results.append(worker)
        self._waiting = max(self._waiting, len(self._results))

    def _written(self, size: int) -> None:
        self._is_writing = False
        self._stored += size

    def _scheduled(self) -> float:
        """Seconds until the scheduler has dealt with a message: half of what a task costs it, and those before."""
        took = self._at_work("scheduler", self._costs.scheduler_s / 2)
        self._scheduler_free_at = max(self._scheduler_free_at, self._now) + took
        return self._scheduler_free_at - self._now

    def _at_work(self, part: str, seconds: float) -> float:
        self._busy[part] += seconds
        return seconds

    def _after(self, seconds: float, event: Callable[[int], None], argument: int) -> None:
        heapq.heappush(self._events, (self._now + seconds, next(self._numbers), event, argument))

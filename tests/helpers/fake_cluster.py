"""For tests: a cluster without Dask, whose workers do what a test says."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from grader import __version__
from grader.classroom.batch import messages
from grader.classroom.batch.tasks import Ready
from grader.classroom.cluster import requests
from grader.classroom.cluster.connecting import dask_version
from grader.classroom.cluster.link import Answered, Event, Failed, Joined, Left
from grader.model import Graded, Plan
from grader.pipeline import cache_keys
from grader.runtime.protocol.frames import pack

Behaviour = Callable[[dict[str, Any], bytes], bytes | None]
"""What a worker answers to a request; None: nothing yet."""
PATIENCE = 50
"""How often a test may wait without anything happening."""
READY = Ready(course="c", rubrics="r", statements={"a": "A."}, plan=Plan(basis="found"), run_s=20.0)


def about(**other: Any) -> dict[str, Any]:
    return {
        "grader": __version__,
        "code": cache_keys.of_grader(),
        "versions": {"python": "3.12.1", "torch": "2.13.0", "numpy": "2.4.6", "matplotlib": "3.11.2"},
        "isolation": "strict",
        "mechanisms": ["bubblewrap"],
        "missing": [],
        **other,
    }


def opened(ready: Ready = READY, dask: str = "", **other: Any) -> bytes:
    """What a worker answers when its lane is ready."""
    host = pack({"t": requests.HOST, "dask": dask or dask_version()})
    return host + pack(messages.encode_ready(ready, about(**other)))  # type: ignore[arg-type]


def graded(key: str, why: str = "") -> bytes:
    return pack(*messages.encode_graded(Graded(key=key, status="graded", rubrics="r", why=why)))  # type: ignore[arg-type]


def died(why: str = "it was too much") -> bytes:
    return pack({"t": requests.DIED, "why": why, "standard_error": why})


def honest(header: dict[str, Any], payload: bytes) -> bytes | None:
    """A worker that does what is asked."""
    if header["t"] == requests.COURSE:
        return pack({"t": requests.KEPT})
    if header["t"] == requests.OPEN:
        return opened()
    asked = header["ask"]["t"]
    if asked == messages.CHECK:
        return pack(messages.encode_references(messages.CHECKED, []))  # type: ignore[arg-type]
    if asked == messages.SETTLE:
        return pack({"t": messages.SETTLED})
    if asked == messages.TASK:
        return graded(header["ask"]["key"])
    return pack({"t": requests.KEPT})


def but(task: Callable[[str], bytes | None], otherwise: Behaviour = honest) -> Behaviour:
    """A worker that is honest but for tasks: ``task`` gets a task's key."""

    def behave(header: dict[str, Any], payload: bytes) -> bytes | None:
        if header["t"] == requests.ASK and header["ask"]["t"] == messages.TASK:
            return task(header["ask"]["key"])
        return otherwise(header, payload)

    return behave


class FakeCluster:
    """A ``ClusterLink``. Whatever is asked is answered at once, in order, unless the worker's behaviour gives None."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], bytes]] = []
        """All requests, with the worker that they were sent to."""
        self.closed = False
        self.forgotten: list[int] = []
        self.on_idle: Callable[[], None] = lambda: None
        """Called when the main process waits and there is nothing to tell it."""
        self.held: dict[int, tuple[str, str]] = {}
        """Requests that were not answered: the worker, and the key of the task if it is one."""
        self.workers: dict[str, Behaviour] = {}
        self._events: deque[Event] = deque()
        self._numbers = itertools.count()
        self._patience = PATIENCE

    def join(self, *workers: str, behave: Behaviour = honest) -> None:
        for worker in workers:
            self.workers[worker] = behave
            self._events.append(Joined(worker, 1))

    def leave(self, worker: str, *, expected: bool = False) -> None:
        del self.workers[worker]
        self._events.append(Left(worker, expected))

    def tell(self, event: Event) -> None:
        self._events.append(event)

    def tasks_of(self, worker: str) -> list[str]:
        return [
            header["ask"]["key"]
            for to, header, _ in self.asked
            if to == worker and header["t"] == requests.ASK and header["ask"]["t"] == messages.TASK
        ]

    def kinds_of(self, worker: str) -> list[str]:
        return [header["t"] for to, header, _ in self.asked if to == worker]

    # As ``ClusterLink`` says.

    def start(self) -> None:
        return None

    def send(self, worker: str, request: bytes) -> int:
        number = next(self._numbers)
        ((header, payload),) = requests.frames_of(request)
        self.asked.append((worker, header, payload))
        if worker not in self.workers:
            self._events.append(Failed(number, ""))
            return number
        answer = self.workers[worker](header, payload)
        if answer is None:
            self.held[number] = worker, header["ask"].get("key", "") if "ask" in header else ""
        else:
            self._events.append(Answered(number, answer))
        return number

    def forget(self, number: int) -> None:
        self.forgotten.append(number)

    def wait(self, timeout_s: float) -> Sequence[Event]:
        if not self._events:
            self.on_idle()
        if not self._events:
            self._patience -= 1
            assert self._patience, f"nothing happens any more; unanswered: {self.held}"
            return ()
        return (self._events.popleft(),)

    def close(self) -> None:
        self.closed = True

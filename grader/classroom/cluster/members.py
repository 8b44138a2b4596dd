"""What the main process knows of the workers of a cluster."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from grader.classroom.batch.task_queue import PendingTask
from grader.classroom.cluster.compatibility import Offer

if TYPE_CHECKING:
    from grader.classroom.batch.tasks import Ready

TASKS_AT_ONCE = 2
"""Tasks that a worker has: the one that it grades, and the next, so that it need not wait for the network."""

State = Literal["new", "sending", "opening", "ready", "out"]
"""``new``: nothing was sent yet; ``sending``: the course is on its way; ``opening``: its lane starts; ``out``: it gets
nothing, see ``why_out``."""


@dataclass(slots=True, kw_only=True, eq=False)
class Exchange:
    """A request whose answer has not come. ``task``: of a request to grade."""

    number: int
    member: Member
    kind: str
    deadline: float
    task: PendingTask | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Member:
    """A worker. ``address`` is that of Dask."""

    address: str
    threads: int = 1
    state: State = "new"
    why_out: str = ""
    parts_sent: int = 0
    failures: int = 0
    """How often its lane has ended, or a request was lost, since it last graded something."""
    knows_references: bool = False
    dask: str = ""
    """The version of Dask there."""
    ready: Ready | None = None
    offer: Offer | None = None
    asked: Exchange | None = None
    """A request other than to grade. It gets no task meanwhile."""
    tasks: deque[Exchange] = field(default_factory=deque)
    """The tasks that were sent to it; it grades the first."""

    @property
    def has_room(self) -> bool:
        """A suspect (``Workers``) has a worker for itself."""
        has_suspect = any(exchange.task is not None and exchange.task.deaths for exchange in self.tasks)
        return self.state == "ready" and self.asked is None and len(self.tasks) < TASKS_AT_ONCE and not has_suspect

    def exchanges(self) -> Iterator[Exchange]:
        if self.asked is not None:
            yield self.asked
        yield from self.tasks

    @property
    def is_late(self) -> bool:
        """Whether its oldest answer should have come."""
        first = next(self.exchanges(), None)
        return first is not None and time.monotonic() > first.deadline

    def start_again(self) -> None:
        """Its lane is gone, and the course with it."""
        if self.state != "out":
            self.state, self.parts_sent, self.knows_references = "new", 0, False


class Members:
    """The workers by address, and which of them have room for a task, the idle ones first."""

    def __init__(self) -> None:
        self.by_address: dict[str, Member] = {}
        self._room: tuple[dict[str, Member], ...] = tuple({} for _ in range(TASKS_AT_ONCE))
        """By the number of tasks that they have. With many workers, nothing goes through all of them for a task."""

    def add(self, member: Member) -> None:
        self.by_address[member.address] = member

    def remove(self, address: str) -> Member | None:
        member = self.by_address.pop(address, None)
        for room in self._room:
            room.pop(address, None)
        return member

    def update(self, member: Member) -> None:
        """To be called when what it does has changed."""
        for room in self._room:
            room.pop(member.address, None)
        if member.has_room and self.by_address.get(member.address) is member:
            self._room[len(member.tasks)][member.address] = member

    def with_room(self) -> Member | None:
        return next((member for room in self._room for member in room.values()), None)

    def idle(self) -> Member | None:
        return next(iter(self._room[0].values()), None)

    def in_state(self, *states: State) -> list[Member]:
        return [member for member in self.by_address.values() if member.state in states]

    @property
    def working(self) -> int:
        """How many there are that grade, or are about to."""
        return sum(member.state != "out" for member in self.by_address.values())

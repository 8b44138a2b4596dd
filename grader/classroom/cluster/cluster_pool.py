"""Grades tasks on the workers of a cluster, as ``batch.pool`` does with the processes of this machine."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from grader.classroom.batch import messages
from grader.classroom.batch.task_queue import MAX_DEATHS
from grader.classroom.batch.tasks import Ready, Task
from grader.classroom.batch.time_limits import task_s
from grader.classroom.cluster.compatibility import require_equal
from grader.classroom.cluster.connecting import dask_version
from grader.classroom.cluster.link import ClusterLink
from grader.classroom.cluster.members import Member, Members
from grader.classroom.cluster.presence import Presence
from grader.classroom.cluster.workers import Workers
from grader.errors import CourseError, SandboxError
from grader.pipeline.options import GradingOptions

if TYPE_CHECKING:
    from grader.model import Graded
    from grader.pipeline.broken_reference import BrokenReference

SETTLE_S = 60.0
"""How long the other workers are waited for once the first is ready, before anything is graded."""


class ClusterPool:
    """Workers that share tasks. Use it from one thread, and ``close`` it in the end.

    Which worker gets what is decided here, not by Dask. A lane that dies is replaced; the tasks of a worker that has
    gone are given to others.
    """

    def __init__(
        self,
        options: GradingOptions,
        link: ClusterLink,
        *,
        batch: str | None = None,
        wait_s: float = 600.0,
        note: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``wait_s``: how long a worker is waited for where there is none. ``note`` tells the user something.

        Where the user asks for no isolation, a worker that cannot keep submissions from the network is not used: they
        would reach the scheduler.
        """
        asks = options.isolation is not None or options.at_least is not None
        self.options = options if asks else replace(options, at_least="reduced")
        self._link = link
        self._members = Members()
        self._presence = Presence(self._members, wait_s, note)
        self._workers = Workers(link, batch or uuid.uuid4().hex, self.options, self._members, self._presence)

    def tell(self, note: Callable[[str], None]) -> None:
        """From now on, tell the user by this function."""
        self._presence.note = note

    # ----------------------------------------------------------------------------------------------------------------
    # As ``TaskGrader`` says
    # ----------------------------------------------------------------------------------------------------------------

    def prepare(self, modules: Sequence[str], submissions: int = 0) -> None:
        self._workers.modules = modules
        self._start()

    def ready(self) -> Ready:
        self._start()
        if self._workers.standard is None:
            self._compare(self._first_ready())
        assert self._workers.standard is not None
        return self._workers.standard[0]

    def check_references(self) -> Mapping[str, BrokenReference]:
        broken = self._ask_for_check(again=False)
        if any(one.timed_out for one in broken.values()):
            # Perhaps because of the imports of other workers on the same machine.
            self._workers.ask_all(messages.encode_settle())
            broken = self._ask_for_check(again=True)
        self._workers.tell_references(tuple(broken.values()))
        return broken

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        self.ready()
        workers, queue = self._workers, self._workers.queue
        queue.add(tasks)
        while True:
            while (member := self._members.with_room()) is not None and (pending := queue.next()) is not None:
                if pending.deaths and member.tasks:
                    queue.hold(pending)  # a suspect gets the next worker that is idle
                    break
                workers.give(member, pending)
                yield from queue.results()
            if queue.is_empty and workers.are_idle:
                yield from queue.results()
                if not queue.has_alone:
                    return
                member = self._members.idle()
                alone = queue.next_alone() if member is not None else None
                if member is not None and alone is not None:
                    workers.give(member, alone)
            workers.wait()
            yield from queue.results()

    def close(self) -> None:
        self._link.close()

    # ----------------------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        """Pack the course, and connect. Raises CourseError: its mistakes are found before anything is sent.

        In this order, since what this thread imports must not be imported on the link's thread at the same time.
        """
        if self._workers.content is None:
            from grader.classroom.cluster.course_content import pack_course
            from grader.course.course import load_course

            course = load_course(self.options.course, self.options.trusted_checks)
            self._workers.content = pack_course(course, self.options.assignment)
            self._link.start()

    def _first_ready(self) -> Sequence[Member]:
        """The workers that there are at the start, when their lanes are ready."""
        first: float | None = None
        while True:
            self._workers.wait()
            ready = self._members.in_state("ready")
            if not ready:
                continue
            first = time.monotonic() if first is None else first
            if len(ready) == self._members.working or time.monotonic() > first + SETTLE_S:
                return ready

    def _compare(self, members: Sequence[Member]) -> None:
        """Whether they would give the same results. Raises UsageError, CourseError."""
        from grader import __version__
        from grader.pipeline import cache_keys

        offers = {member.address: member.offer for member in members if member.offer is not None}
        require_equal(offers, grader=__version__, code=cache_keys.of_grader(), dask=dask_version())
        first, *others = members
        different = [member.address for member in others if member.ready != first.ready]
        if different:
            raise CourseError(
                f"{self.options.course}: workers read the course otherwise than {first.address} does: "
                f"{', '.join(different)}. Do packages that bring kinds of checks differ?"
            )
        assert first.ready is not None
        assert first.offer is not None
        self._workers.standard = first.ready, first.offer

    def _ask_for_check(self, *, again: bool) -> Mapping[str, BrokenReference]:
        """Have one worker judge the references. If it dies of them, another one tries once more."""
        ready = self.ready()
        within_s = len(ready.statements) * task_s(ready.run_s)
        for _ in range(MAX_DEATHS):
            while (member := self._members.idle()) is None:
                self._workers.wait()
            answer = self._workers.ask(member, messages.encode_check(again=again), within_s)
            if answer is not None:
                return {one.exercise: one for one in messages.decode_references(answer)}
        raise SandboxError("The workers that judged the reference solutions ended, twice. --log-file says more.")

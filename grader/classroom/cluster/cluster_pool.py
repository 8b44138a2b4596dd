"""Grades tasks on the workers of a cluster, as ``batch.pool`` does with the processes of this machine."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from grader.classroom.batch import messages
from grader.classroom.batch.task_queue import MAX_DEATHS, PendingTask, TaskQueue
from grader.classroom.batch.tasks import Ready, Task
from grader.classroom.batch.time_limits import task_s
from grader.classroom.cluster import requests
from grader.classroom.cluster.compatibility import Offer, offer_of, require_equal, why_other
from grader.classroom.cluster.link import Answered, ClusterLink, Event, Failed, Joined, Left, Lost
from grader.classroom.cluster.members import Exchange, Member, Members
from grader.errors import CourseError, GraderError, SandboxError, UsageError
from grader.pipeline.options import GradingOptions
from grader.runtime.protocol.frames import FrameError, Json
from grader.sandbox.worker_handle import READY_S
from grader.text import clean_line, count
from grader.text_bounds import REASON, bounded

if TYPE_CHECKING:
    from grader.classroom.cluster.course_content import CourseContent
    from grader.model import Graded
    from grader.pipeline.broken_reference import BrokenReference

logger = logging.getLogger(__name__)

SENDING_AT_ONCE = 8
"""To how many workers the course is sent at the same time, so that it is not in memory for all of them at once."""
SETTLE_S = 60.0
"""How long the other workers are waited for once the first is ready, before anything is graded."""
GRACE_S = 60.0
"""How much later than the worker's own limit an answer may be."""
NOTE_EVERY_S = 3.0
LOOK_EVERY_S = 1.0
RESUME = "What is done is saved; the same command goes on from there."


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
        self.note = note
        self._link = link
        self._batch = batch or uuid.uuid4().hex
        self._wait_s = wait_s
        self._members = Members()
        self._exchanges: dict[int, Exchange] = {}
        self._queue = TaskQueue()
        self._modules: Sequence[str] | None = None
        self._content: CourseContent | None = None
        self._ready: Ready | None = None
        self._offer: Offer | None = None
        self._answer: Json | None = None
        """The latest answer to a request other than to grade."""
        self._known_broken: Sequence[BrokenReference] | None = None
        self._deaths_of_workers = 0
        self._alone_since = time.monotonic()
        """Since when there is no worker that grades or is about to."""
        self._said_alone = False
        self._noted = (0, 0.0)
        self._looked = 0.0

    # ----------------------------------------------------------------------------------------------------------------
    # As ``TaskGrader`` says
    # ----------------------------------------------------------------------------------------------------------------

    def prepare(self, modules: Sequence[str]) -> None:
        self._modules = modules
        self._start()

    def ready(self) -> Ready:
        if self._ready is not None:
            return self._ready
        self._start()
        first = 0.0
        while True:
            self._wait()
            ready = self._members.in_state("ready")
            first = first or (time.monotonic() if ready else 0.0)
            starting = self._members.in_state("new", "sending", "opening")
            if ready and (not starting or time.monotonic() > first + SETTLE_S):
                return self._compare(ready)

    def check_references(self) -> Mapping[str, BrokenReference]:
        self.ready()
        broken = self._ask_for_check(again=False)
        if any(one.timed_out for one in broken.values()):
            # Perhaps because of the imports of other workers on the same machine.
            self._ask_all(messages.encode_settle())
            broken = self._ask_for_check(again=True)
        self._known_broken = tuple(broken.values())
        for member in self._members.in_state("ready"):
            self._tell_references(member)
        return broken

    def grade(self, tasks: Iterable[Task]) -> Iterator[Graded]:
        queue = self._queue
        queue.add(tasks)
        while True:
            while (member := self._members.with_room()) is not None and (pending := queue.next()) is not None:
                self._give(member, pending)
                yield from queue.results()
            if queue.is_empty and not any(exchange.task for exchange in self._exchanges.values()):
                yield from queue.results()
                member = self._members.idle()
                if member is not None:
                    alone = queue.next_alone()
                    if alone is None:
                        return
                    self._give(member, alone)
            self._wait()
            yield from queue.results()

    def close(self) -> None:
        self._link.close()

    # ----------------------------------------------------------------------------------------------------------------
    # What happens
    # ----------------------------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        """Take what has happened, and look after the workers once in a while."""
        for event in self._link.wait(LOOK_EVERY_S):
            self._take(event)
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY_S:
            self._looked = now
            for member in list(self._members.by_address.values()):
                if member.is_late:
                    self._lose(member, "it did not answer in time", is_death=True)
                    self._leave_out(member, "it did not answer in time")
        self._send_courses()
        self._tell_of_workers(now)

    def _take(self, event: Event) -> None:
        if isinstance(event, Joined):
            self._members.add(Member(address=event.worker, threads=event.threads))
        elif isinstance(event, Left):
            member = self._members.remove(event.worker)
            if member is not None:
                self._deaths_of_workers += not event.expected and bool(member.tasks)
                self._lose(member, f"the worker {member.address} ended", is_death=not event.expected)
        elif isinstance(event, Lost):
            raise SandboxError(f"The scheduler of the cluster is gone: {event.why}. {RESUME}")
        else:
            exchange = self._exchanges.pop(event.number, None)
            if exchange is not None:
                self._take_answer(exchange, event)

    def _take_answer(self, exchange: Exchange, event: Answered | Failed) -> None:
        member = exchange.member
        if exchange.task is None:
            member.asked = None
        else:
            member.tasks.remove(exchange)
        if isinstance(event, Failed):
            self._take_back(exchange)
            if event.why:
                self._lose(member, event.why, is_death=False)
                self._leave_out(member, _why_failed(event.why))
            else:
                self._members.update(member)
            return
        try:
            header, payload = self._last_frame(event.answer)
            self._take_frame(exchange, header, payload)
        except GraderError:
            raise
        except Exception as error:
            logger.warning("The answer of %s cannot be read", member.address, exc_info=True)
            self._take_back(exchange)
            why = f"it sent what cannot be read ({type(error).__name__}: {error})"
            self._lose(member, why, is_death=False)
            self._leave_out(member, why)
        self._members.update(member)

    def _last_frame(self, answer: bytes) -> tuple[Json, bytes]:
        last: tuple[Json, bytes] = {"t": requests.UNKNOWN}, b""
        for frame in requests.frames_of(answer):
            if frame[0]["t"] == messages.LOG:
                messages.write_log(frame[0])
            last = frame
        return last

    def _take_frame(self, exchange: Exchange, header: Json, payload: bytes) -> None:
        """Raises GraderError where the batch cannot go on, and other errors where the frame is not as it should be."""
        member, kind = exchange.member, header["t"]
        if kind == messages.FAILED:
            self._take_back(exchange)
            self._take_error(member, messages.decode_error(header))
        elif kind == requests.DIED:
            self._take_death(exchange, str(header["why"]), str(header["standard_error"]))
        elif kind in (requests.WANTED, requests.UNKNOWN):
            self._take_back(exchange)
            member.state, member.parts_sent, member.knows_references = "new", 0, False
        elif exchange.kind == requests.COURSE:
            self._send_next(member)
        elif exchange.kind == requests.OPEN:
            self._take_ready(member, header)
        elif exchange.task is None:
            if kind not in (messages.CHECKED, messages.SETTLED, requests.KEPT):
                raise ValueError(f"an answer `{kind}` was not asked for")
            self._answer = header
        else:
            graded = messages.decode_graded(header, payload)
            if graded.key != exchange.task.task.key:
                raise ValueError("a result of another task")
            member.failures = 0
            self._queue.put_result(exchange.task, graded)

    def _take_ready(self, member: Member, header: Json) -> None:
        if header["t"] != messages.READY:
            raise ValueError(f"an answer `{header['t']}` was not asked for")
        member.ready, member.offer = messages.decode_ready(header), offer_of(header["about"])
        member.state = "ready"
        if self._ready is not None and self._offer is not None:
            why = why_other(member.offer, self._offer)
            if not why and member.ready != self._ready:
                why = "it read the course otherwise; do packages of check kinds differ?"
            if why:
                self._leave_out(member, why)
            elif self._known_broken is not None and not member.knows_references:
                self._tell_references(member)

    def _take_error(self, member: Member, error: GraderError) -> None:
        if isinstance(error, SandboxError):
            self._leave_out(member, str(error))
        elif isinstance(error, UsageError):
            raise UsageError(f"On the worker {member.address}: {error}")
        else:
            raise error

    def _take_death(self, exchange: Exchange, why: str, standard_error: str) -> None:
        member = exchange.member
        logger.warning("The lane of %s ended: %s. Its standard error:\n%s", member.address, why, standard_error)
        if exchange.task is not None:
            self._count_death(exchange.task, f"the process that graded it ended: {why}")
        member.failures += 1
        member.state, member.parts_sent, member.knows_references = "new", 0, False
        if member.failures > MAX_DEATHS or exchange.kind == requests.OPEN:
            self._leave_out(member, f"its grading process could not be started: {why}")

    def _lose(self, member: Member, why: str, *, is_death: bool) -> None:
        """Give up all that was asked of a worker. ``is_death``: its first task may be the reason."""
        lost = list(member.exchanges())
        for exchange in lost:
            self._exchanges.pop(exchange.number, None)
            self._link.forget(exchange.number)
        first = next((exchange for exchange in lost if exchange.task is not None), None)
        member.asked = None
        member.tasks.clear()
        for exchange in lost:
            if exchange is first and is_death and exchange.task is not None:
                self._count_death(exchange.task, why)
            else:
                self._take_back(exchange)
        self._members.update(member)

    def _count_death(self, pending: PendingTask, why: str) -> None:
        # Where workers end for other reasons, a task may have been on two of them by chance; then it has a third try.
        others = self._deaths_of_workers - pending.deaths - 1
        limit = MAX_DEATHS if others <= 0 else MAX_DEATHS + 1
        self._queue.put_back([pending], self.ready(), why, limit=limit)

    def _take_back(self, exchange: Exchange) -> None:
        if exchange.task is not None:
            self._queue.take_back(exchange.task)

    def _leave_out(self, member: Member, why: str) -> None:
        member.state, member.why_out = "out", bounded(clean_line(why), REASON)
        self._members.update(member)
        self.note(f"The worker {member.address} is left out: {member.why_out}")

    # ----------------------------------------------------------------------------------------------------------------
    # What is asked of workers
    # ----------------------------------------------------------------------------------------------------------------

    def _send_courses(self) -> None:
        sending = len(self._members.in_state("sending"))
        for member in self._members.in_state("new"):
            if sending >= SENDING_AT_ONCE or self._content is None or member.tasks:
                continue
            sending += 1
            member.state = "sending"
            self._send_next(member)

    def _send_next(self, member: Member) -> None:
        """Send the next part of the course; after the last, start the lane."""
        content = self._content
        assert content is not None
        start = member.parts_sent * requests.PART_BYTES
        if start < len(content.archive):
            part = content.archive[start : start + requests.PART_BYTES]
            self._ask(member, requests.COURSE, {"part": member.parts_sent}, part, READY_S)
            member.parts_sent += 1
            return
        member.state = "opening"
        first = [] if self._modules is None else [messages.encode_modules(self._modules)]
        if self._known_broken is not None:
            member.knows_references = True
            first.append(messages.encode_references(messages.REFERENCES, self._known_broken))
        start_frame = {**messages.encode_options(self.options), "course_name": content.name}
        fields = {"digest": content.digest, "start": start_frame, "first": first, "within_s": READY_S}
        self._ask(member, requests.OPEN, fields, b"", READY_S)

    def _tell_references(self, member: Member) -> None:
        member.knows_references = True
        self._ask_lane(member, messages.encode_references(messages.REFERENCES, self._known_broken or ()), answers=False)

    def _give(self, member: Member, pending: PendingTask) -> None:
        """Give a task to a worker. What cannot be sent costs only itself."""
        ready = self.ready()
        header, payload = messages.encode_task(pending.task)
        within_s = task_s(ready.run_s)
        fields = {"ask": header, "within_s": within_s, "answers": True}
        try:
            request = requests.request(requests.ASK, self._batch, fields, payload)
        except FrameError as error:
            self._queue.refuse(pending, ready, f"It is too large to be graded: {error}.")
            return
        exchange = self._send(member, requests.ASK, request, within_s * (len(member.tasks) + 1))
        exchange.task = pending
        member.tasks.append(exchange)
        self._members.update(member)

    def _ask_lane(
        self, member: Member, header: messages.Json, *, answers: bool = True, within_s: float = READY_S
    ) -> None:
        self._ask(member, requests.ASK, {"ask": header, "within_s": within_s, "answers": answers}, b"", within_s)

    def _ask(self, member: Member, kind: str, fields: Json, payload: bytes, within_s: float) -> None:
        member.asked = self._send(member, kind, requests.request(kind, self._batch, fields, payload), within_s)
        self._members.update(member)

    def _send(self, member: Member, kind: str, request: bytes, within_s: float) -> Exchange:
        number = self._link.send(member.address, request)
        deadline = time.monotonic() + within_s + GRACE_S
        exchange = self._exchanges[number] = Exchange(number=number, member=member, kind=kind, deadline=deadline)
        return exchange

    def _ask_for_check(self, *, again: bool) -> Mapping[str, BrokenReference]:
        """Have one worker judge the references. If it dies of them, another one tries once more."""
        ready = self.ready()
        within_s = len(ready.statements) * task_s(ready.run_s)
        for _ in range(MAX_DEATHS):
            while (member := self._members.idle()) is None:
                self._wait()
            self._answer = None
            self._ask_lane(member, messages.encode_check(again=again), within_s=within_s)
            asked = member.asked
            while member.asked is asked:
                self._wait()
            answer = self._take_answer_of_lane()
            if answer is not None:
                return {one.exercise: one for one in messages.decode_references(answer)}
        raise SandboxError("The workers that judged the reference solutions ended, twice. --log-file says more.")

    def _take_answer_of_lane(self) -> Json | None:
        answer, self._answer = self._answer, None
        return answer

    def _ask_all(self, header: messages.Json) -> None:
        """Ask all that are ready, and wait for their answers."""
        asked = [member for member in self._members.in_state("ready") if member.asked is None]
        for member in asked:
            self._ask_lane(member, header)
        while any(member.asked is not None and member.state == "ready" for member in asked):
            self._wait()

    # ----------------------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        """Pack the course, and connect. Raises CourseError: its mistakes are found before anything is sent.

        In this order, since what this thread imports must not be imported on the link's thread at the same time.
        """
        if self._content is None:
            from grader.classroom.cluster.course_content import pack_course
            from grader.course.course import load_course

            self._content = pack_course(load_course(self.options.course), self.options.assignment)
            self._link.start()

    def _compare(self, members: Sequence[Member]) -> Ready:
        """Whether all that are ready would give the same results. Raises UsageError, CourseError."""
        from grader import __version__
        from grader.pipeline import cache_keys

        offers = {member.address: member.offer for member in members if member.offer is not None}
        require_equal(offers, __version__, cache_keys.of_grader())
        first = members[0].ready
        assert first is not None
        others = [member.address for member in members if member.ready != first]
        if others:
            raise CourseError(
                f"{self.options.course}: workers read the course otherwise than {members[0].address} does: "
                f"{', '.join(others)}. Do packages that bring kinds of checks differ?"
            )
        self._ready, self._offer = first, members[0].offer
        return first

    def _tell_of_workers(self, now: float) -> None:
        """Say how many workers there are when that has changed. Raises SandboxError where there is none for long."""
        working = len(self._members.by_address) - len(self._members.in_state("out"))
        before, at = self._noted
        if working != before and now - at >= NOTE_EVERY_S:
            self._noted = working, now
            self.note(f"Cluster: {count(working, 'worker')}.")
        if working:
            self._alone_since, self._said_alone = now, False
            return
        out = self._members.in_state("out")
        if out:
            reasons = "\n".join(f"  {member.address}: {member.why_out}" for member in out[:10])
            raise SandboxError(f"No worker of the cluster can grade:\n{reasons}\n{RESUME}")
        if now - self._alone_since > self._wait_s:
            raise SandboxError(
                f"The cluster has had no worker for {self._wait_s:.0f} s, which --cluster-wait allows. {RESUME}"
            )
        if not self._said_alone and now - self._alone_since > NOTE_EVERY_S:
            self._said_alone = True
            self.note("The cluster has no workers yet; waiting for the first.")


def _why_failed(why: str) -> str:
    if "No module named 'grader" in why:
        return f"it has no grader of this version; install autograd-grader there ({why})"
    return why

"""Asks the workers of a cluster, takes their answers, and gives the tasks of those that have gone to others."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from grader.classroom.batch import messages
from grader.classroom.batch.task_queue import MAX_DEATHS, PendingTask, TaskQueue
from grader.classroom.batch.tasks import Ready
from grader.classroom.batch.time_limits import task_s
from grader.classroom.cluster import requests
from grader.classroom.cluster.compatibility import Offer, offer_of, why_other
from grader.classroom.cluster.dask_lane import has_grader
from grader.classroom.cluster.link import Answered, ClusterLink, Connected, Event, Failed, Joined, Left, Lost
from grader.classroom.cluster.members import Exchange, Member, Members
from grader.classroom.cluster.presence import RESUME, Presence
from grader.errors import GraderError, SandboxError, UsageError
from grader.language.yaml_file import shown
from grader.pipeline.options import GradingOptions
from grader.runtime.protocol.frames import FrameError, Json
from grader.sandbox.worker_handle import READY_S
from grader.text import clean_line
from grader.text_bounds import REASON, bounded

if TYPE_CHECKING:
    from grader.classroom.cluster.course_content import CourseContent
    from grader.pipeline.broken_reference import BrokenReference

logger = logging.getLogger(__name__)

SENDING_AT_ONCE = 8
"""To how many workers the course is sent at the same time, so that it is not in memory for all of them at once."""
GRACE_S = 60.0
"""How much later than the worker's own limit an answer may be."""
LOOK_EVERY_S = 1.0
MAX_FAILURES = 3
"""A worker is left out when its lane has ended so often without grading anything in between."""


class Workers:
    """``queue`` takes the results, and the tasks that have to be tried again.

    ``standard`` is what the first workers grade by, once that is known: those that come later have to agree.
    """

    def __init__(
        self, link: ClusterLink, batch: str, options: GradingOptions, members: Members, presence: Presence
    ) -> None:
        self.queue = TaskQueue()
        self.content: CourseContent | None = None
        self.modules: Sequence[str] | None = None
        self.known_broken: Sequence[BrokenReference] | None = None
        self.standard: tuple[Ready, Offer] | None = None
        self._link = link
        self._batch = batch
        self._options = options
        self._members = members
        self._presence = presence
        self._exchanges: dict[int, Exchange] = {}
        self._tasks = 0
        self._answer: Json | None = None
        """The latest answer to a request other than to grade."""
        self._deaths = 0
        """Of workers that graded something."""
        self._looked = 0.0

    @property
    def are_idle(self) -> bool:
        """Whether no task is graded."""
        return self._tasks == 0

    def wait(self) -> None:
        """Take what has happened; wait until something has. Raises GraderError where the batch cannot go on."""
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
        self._presence.look()

    # ----------------------------------------------------------------------------------------------------------------
    # What is asked
    # ----------------------------------------------------------------------------------------------------------------

    def give(self, member: Member, pending: PendingTask) -> None:
        """Give a task to a worker. What cannot be sent costs only itself."""
        assert self.standard is not None
        ready, _ = self.standard
        header, payload = messages.encode_task(pending.task)
        within_s = task_s(ready.run_s)
        fields = {"ask": header, "within_s": within_s, "answers": True}
        try:
            request = requests.request(requests.ASK, self._batch, fields, payload)
        except FrameError as error:
            self.queue.refuse(pending, ready, f"It is too large to be graded: {error}.")
            return
        exchange = self._send(member, requests.ASK, request, within_s * (len(member.tasks) + 1))
        exchange.task = pending
        self._tasks += 1
        member.tasks.append(exchange)
        self._members.update(member)

    def ask(self, member: Member, header: messages.Json, within_s: float) -> Json | None:
        """Ask the lane of a worker something, and wait for the answer; None: the lane or the worker has ended."""
        self._answer = None
        self._ask_lane(member, header, within_s=within_s)
        asked = member.asked
        while member.asked is asked:
            self.wait()
        return self._take_latest()

    def ask_all(self, header: messages.Json) -> None:
        """Ask all that are ready, and wait for their answers."""
        asked = [member for member in self._members.in_state("ready") if member.asked is None]
        for member in asked:
            self._ask_lane(member, header)
        while any(member.asked is not None and member.state == "ready" for member in asked):
            self.wait()

    def tell_references(self, broken: Sequence[BrokenReference]) -> None:
        """Tell all what was found of the references, also those that come later."""
        self.known_broken = broken
        for member in self._members.in_state("ready"):
            self._tell_references(member)

    def _take_latest(self) -> Json | None:
        answer, self._answer = self._answer, None
        return answer

    def _send_courses(self) -> None:
        waiting = self._members.in_state("new") if self.content is not None else []
        sending = len(self._members.in_state("sending")) if waiting else 0
        for member in waiting[: max(0, SENDING_AT_ONCE - sending)]:
            if not member.tasks and member.asked is None:
                member.state = "sending"
                self._send_next(member)

    def _send_next(self, member: Member) -> None:
        """Send the next part of the course; after the last, start the lane."""
        content = self.content
        assert content is not None
        start = member.parts_sent * requests.PART_BYTES
        if start < len(content.archive):
            part = content.archive[start : start + requests.PART_BYTES]
            member.parts_sent += 1
            self._ask(member, requests.COURSE, {"part": member.parts_sent - 1}, part, READY_S)
            return
        member.state = "opening"
        first = [] if self.modules is None else [messages.encode_modules(self.modules)]
        if self.known_broken is not None:
            member.knows_references = True
            first.append(messages.encode_references(messages.REFERENCES, self.known_broken))
        known_as = str(shown(self._options.course))
        options = {
            **messages.encode_start(self._options),
            "course_name": content.name,
            "course_shown": known_as,
            "layers_shown": content.layers,
            "layers_trusted": content.trusted_layers(self._options.trusted_checks),
        }
        fields = {"digest": content.digest, "start": options, "first": first, "within_s": READY_S}
        self._ask(member, requests.OPEN, fields, b"", READY_S)

    def _tell_references(self, member: Member) -> None:
        member.knows_references = True
        told = messages.encode_references(messages.REFERENCES, self.known_broken or ())
        self._ask_lane(member, told, answers=False)

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

    # ----------------------------------------------------------------------------------------------------------------
    # What happens
    # ----------------------------------------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        if isinstance(event, Connected):
            self._presence.connected()
        elif isinstance(event, Joined):
            self._members.add(Member(address=event.worker, threads=event.threads))
        elif isinstance(event, Left):
            member = self._members.remove(event.worker)
            if member is not None:
                self._deaths += not event.expected and bool(member.tasks)
                self._lose(member, f"the worker {member.address} ended", is_death=not event.expected)
        elif isinstance(event, Lost):
            raise SandboxError(f"The scheduler of the cluster is gone: {event.why}. {RESUME}")
        else:
            exchange = self._exchanges.pop(event.number, None)
            if exchange is not None:  # else it was given to another worker meanwhile
                self._take_answer(exchange, event)

    def _take_answer(self, exchange: Exchange, event: Answered | Failed) -> None:
        member = exchange.member
        if exchange.task is None:
            member.asked = None
        else:
            member.tasks.remove(exchange)
            self._tasks -= 1
        try:
            if isinstance(event, Failed):
                self._take_failure(exchange, event.why)
            else:
                self._take_frame(exchange, *_last_frame(event.answer, member))
        except GraderError:
            raise
        except Exception as error:
            logger.warning("The answer of %s cannot be read", member.address, exc_info=True)
            self._take_back(exchange)
            self._leave_out(member, f"it sent what cannot be read ({type(error).__name__}: {error})")
        self._members.update(member)

    def _take_failure(self, exchange: Exchange, why: str) -> None:
        member = exchange.member
        self._take_back(exchange)
        member.failures += 1
        if why or member.failures > MAX_FAILURES:
            self._leave_out(member, why_failed(why) or "its answers do not arrive")
        elif exchange.task is None:
            member.start_again()

    def _take_frame(self, exchange: Exchange, header: Json, payload: bytes) -> None:
        """Raises GraderError where the batch cannot go on, and other errors where the frame is not as it should be."""
        member, kind = exchange.member, header["t"]
        if kind == messages.FAILED:
            error = messages.decode_error(header)  # first: where it raises, the task is taken back elsewhere
            self._take_back(exchange)
            self._take_error(member, error)
        elif kind == requests.DIED:
            self._take_death(exchange, str(header["why"]), str(header["standard_error"]))
        elif kind in (requests.WANTED, requests.UNKNOWN):
            self._take_back(exchange)
            member.start_again()
        elif exchange.task is not None:
            graded = messages.decode_graded(header, payload)
            if graded.key != exchange.task.task.key:
                raise ValueError("a result of another task")
            member.failures = 0
            self.queue.put_result(exchange.task, graded)
        elif exchange.kind == requests.COURSE:
            self._send_next(member)
        elif exchange.kind == requests.OPEN:
            self._take_ready(member, header)
        elif kind in (messages.CHECKED, messages.SETTLED, requests.KEPT):
            self._answer = header
        else:
            raise ValueError(f"`{kind}` was not asked for")

    def _take_ready(self, member: Member, header: Json) -> None:
        if header["t"] != messages.READY:
            raise ValueError(f"`{header['t']}` was not asked for")
        member.ready, member.offer = messages.decode_ready(header), offer_of(header["about"], member.dask)
        member.state = "ready"
        if self.standard is None:
            return
        ready, offer = self.standard
        why = why_other(member.offer, offer)
        if not why and member.ready != ready:
            why = "it read the course otherwise than the others; do packages that bring kinds of checks differ?"
        if why:
            self._leave_out(member, why)
        elif self.known_broken is not None and not member.knows_references:
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
            self._count_death(exchange.task, why)
        member.failures += 1
        if exchange.kind == requests.OPEN or member.failures > MAX_FAILURES:
            self._leave_out(member, f"its grading process does not run: {why}")
        member.start_again()

    # ----------------------------------------------------------------------------------------------------------------

    def _lose(self, member: Member, why: str, *, is_death: bool) -> None:
        """Give up all that was asked of a worker. ``is_death``: one of its tasks may be the reason.

        Which one is not known: it may have answered the first, and the answer was lost with it. So all of them are
        suspects, and each is tried again with a worker for itself.
        """
        lost = list(member.exchanges())
        self._tasks -= len(member.tasks)
        member.asked = None
        member.tasks.clear()
        for exchange in lost:
            self._exchanges.pop(exchange.number, None)
            self._link.forget(exchange.number)
            if exchange.task is not None and is_death:
                self._count_death(exchange.task, why)
            else:
                self._take_back(exchange)
        self._members.update(member)

    def _count_death(self, pending: PendingTask, why: str) -> None:
        # Where workers end for other reasons, a task may have been on two of them by chance; then it has a third try.
        others = self._deaths - pending.deaths - 1
        limit = MAX_DEATHS if others <= 0 else MAX_DEATHS + 1
        assert self.standard is not None
        self.queue.put_back([pending], self.standard[0], why, limit=limit)

    def _take_back(self, exchange: Exchange) -> None:
        if exchange.task is not None:
            self.queue.take_back(exchange.task)

    def _leave_out(self, member: Member, why: str) -> None:
        """Give a worker nothing any more. Others get what it had."""
        member.state, member.why_out = "out", bounded(clean_line(why), REASON)
        self._lose(member, why, is_death=False)
        self._presence.note(f"The worker {member.address} is left out: {member.why_out}")


def _last_frame(answer: bytes, member: Member) -> tuple[Json, bytes]:
    """The answer itself, after what the lane logged. Raises FrameError and KeyError."""
    last: tuple[Json, bytes] | None = None
    for frame in requests.frames_of(answer):
        if frame[0]["t"] == messages.LOG:
            messages.write_log(frame[0])
        elif frame[0]["t"] == requests.HOST:
            member.dask = str(frame[0]["dask"])
        last = frame
    if last is None:
        raise FrameError("the answer is empty")
    return last


def why_failed(why: str) -> str:
    if "No module named 'grader" in why or has_grader.__name__ in why:
        return f"it has no grader of this version; install autograd-grader[cluster] there ({why})"
    return why

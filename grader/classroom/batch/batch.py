"""A class from what was handed in to the gradebook: only what is new or changed is run."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from grader.classroom.batch.companion_files import companions
from grader.classroom.batch.tasks import Orders, Ready, Task, Workers
from grader.classroom.gradebook import EnrolledFile, Gradebook, StoredGrading, stored_grading_of
from grader.classroom.intake import HandedFile, Handin, Intake
from grader.errors import SubmissionError
from grader.model import ClassCheck, CompanionFile, Graded, Level, StudentResult
from grader.pipeline import cache_keys
from grader.sandbox import preload

if TYPE_CHECKING:
    from grader.classroom.batch.grade_task import Marker

Fate = Literal["passed", "failed", "waiting", "broken"]
"""``waiting``: nothing failed, and a person has to mark the rest."""


def fate_of(result: StudentResult, *, explicit: bool) -> Fate:
    """How a student fared in what was asked for by name (``explicit``), or else in what this student attempted."""
    if result.status != "graded":
        return "broken"
    counted = [one for one in result.exercises if explicit or one.status != "not_attempted"]
    if any(one.status == "error" for one in counted) or (result.why and not counted):
        return "broken"
    checks = [check for one in counted for check in one.checks]
    right = all(check.status == "passed" or (check.status == "manual" and _is_full(check)) for check in checks)
    if not counted or any(one.status == "not_attempted" for one in counted) or not right:
        return "failed"
    return "waiting" if any(check.score is None for check in checks) else "passed"


def _is_full(check: ClassCheck) -> bool:
    """Whether a person gave all that there is, or has not marked it yet."""
    return check.score is None or check.score >= check.max_score


Work = Literal["graded", "marked", "unchanged"]
"""What was done for a submission: run; marked again by other rubrics; nothing."""

MAX_SAMPLED = 200
MAX_SAMPLED_BYTES = 1024**2
"""Of the files by which it is decided what to import beforehand."""

_LEVELS = tuple(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done again although it was done before. ``level``: what was graded with less isolation."""

    everything: bool = False
    broken: bool = False
    level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One submission done. ``path`` is where it lies in the class."""

    path: str
    fate: Fate
    work: Work
    why: str = ""


@dataclass(slots=True)
class Batch:
    """One assignment of a class on its way into the gradebook.

    ``report`` hears of every submission that is done, when it is saved.
    """

    book: Gradebook
    intake: Intake
    assignment: str
    orders: Orders
    plan: Plan
    report: Callable[[Step], None]
    done: Counter[tuple[Fate, Work]] = field(default_factory=Counter)
    _known: dict[str, StoredGrading] = field(default_factory=dict)
    _done_now: set[str] = field(default_factory=set)
    """The keys of what was graded in this batch."""
    _waiting: dict[str, list[tuple[HandedFile, EnrolledFile, str]]] = field(default_factory=dict)
    _kept_marker: Marker | None = None

    def run(self, workers: Workers) -> None:
        """Grade the class. Raises GraderError; whatever was done until then is in the gradebook."""
        workers.prepare(preload.modules_for(self._sample()))
        self._known = self.book.stored_gradings()
        ready = workers.ready()
        asked = list(ready.statements) if self.orders.exercises else ()
        filed = self.book.enrol(
            self.assignment, self.intake.handins, exercises=asked, statements=ready.statements
        )  # fmt: skip
        for graded in workers.grade(self._tasks(filed, ready)):
            self._save(graded)
        self.book.finish(self.assignment)

    # ----------------------------------------------------------------------------------------------------------------

    def _sample(self) -> Iterator[bytes]:
        """The contents of some of the class's files, from everywhere in it."""
        files = [file for handin in self.intake.handins for file in handin.files if file.size <= MAX_SAMPLED_BYTES]
        for file in files[:: max(1, len(files) // MAX_SAMPLED)]:
            with suppress(SubmissionError):  # which is said when its turn comes
                yield file.read()

    def _tasks(self, filed: dict[tuple[str, str], EnrolledFile], ready: Ready) -> Iterator[Task]:
        """What has to run. All else is seen to as it comes by."""
        for handin in self.intake.handins:
            for file in handin.files:
                task = self._task(handin, file, filed[handin.path, file.path], ready)
                if task is not None:
                    yield task

    def _task(self, handin: Handin, file: HandedFile, row: EnrolledFile, ready: Ready) -> Task | None:
        try:
            content = file.read()
        except SubmissionError as error:
            key = cache_keys.of_submission(
                ready.course, file.path, b"", [CompanionFile("unreadable", str(error).encode())]
            )
            self._waiting.setdefault(key, []).append((file, row, ""))
            self._save(Graded(key=key, status="broken", rubrics=ready.rubrics, why=str(error)))
            return None
        others = companions(handin, file)
        key = cache_keys.of_submission(ready.course, file.name, content, others)
        sha256 = hashlib.sha256(content).hexdigest()
        if key in self._waiting:
            self._waiting[key].append((file, row, sha256))  # the same from two students: it runs once
            return None
        known = self._known.get(key)
        if known is None or self._is_to_run(key, known):
            self._waiting[key] = [(file, row, sha256)]
            return Task(key=key, name=file.name, content=content, companions=others)
        if known.rubrics != ready.rubrics:
            self._mark_again(key, file, row, sha256, ready)
        else:
            if row.key != key:
                self.book.link_submissions(key, {row.id: sha256})
            self._tell(file, _fate(known), "unchanged", known.why)
        return None

    def _is_to_run(self, key: str, known: StoredGrading) -> bool:
        if key in self._done_now:
            return False
        if self.plan.everything or (self.plan.broken and known.status == "broken"):
            return True
        lacking = self.plan.level is not None and known.level and known.status == "graded"
        return bool(lacking and _LEVELS.index(Level(known.level)) > _LEVELS.index(self.plan.level or Level.NONE))

    def _mark_again(self, key: str, file: HandedFile, row: EnrolledFile, sha256: str, ready: Ready) -> None:
        """By other rubrics than before, from what was judged then."""
        judged = self.book.judged(key)
        if judged:
            graded = self._marker().mark(key, judged)
        else:
            graded = Graded(key=key, status="broken", rubrics=ready.rubrics, why=self._known[key].why)
        self._waiting[key] = [(file, row, sha256)]
        self._save(graded, "marked")

    def _marker(self) -> Marker:
        if self._kept_marker is None:
            # Here, because all of the judge's side comes along, and only a changed rubric needs it in this process.
            from grader.classroom.batch.grade_task import Marker

            self._kept_marker = Marker(self.orders)
        return self._kept_marker

    def _save(self, graded: Graded, work: Work = "graded") -> None:
        files = self._waiting.pop(graded.key, None)
        if files is None:
            return  # it came twice
        self.book.save(graded, {row.id: sha256 for _, row, sha256 in files})
        self._known[graded.key] = known = stored_grading_of(graded)
        self._done_now.add(graded.key)
        for file, _, _ in files:
            self._tell(file, _fate(known), work, graded.why)

    def _tell(self, file: HandedFile, fate: Fate, work: Work, why: str = "") -> None:
        self.done[fate, work] += 1
        self.report(Step(path=file.path, fate=fate, work=work, why=why))


def _fate(known: StoredGrading) -> Fate:
    if known.status == "broken":
        return "broken"
    if not known.passed:
        return "failed"
    return "passed" if known.complete else "waiting"

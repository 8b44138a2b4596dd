"""Grades a class into the gradebook. Only submissions that are new or have changed are run."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Literal

from grader.classroom.batch import messages
from grader.classroom.batch.class_change import Earlier, check_found, is_unsure, place
from grader.classroom.batch.grade_status import GradeStatus, status_of_submission
from grader.classroom.batch.marked_content import with_modules
from grader.classroom.batch.tasks import Ready, Task, TaskGrader
from grader.classroom.gradebook.enrolment import EnrolledFile
from grader.classroom.gradebook.gradebook import Gradebook
from grader.classroom.gradebook.gradings import StoredGrading, stored_grading_of
from grader.classroom.intake import Intake
from grader.errors import SubmissionError
from grader.handin import CompanionFinder, HandedFile, code_of, content_digest
from grader.model import CompanionFile, Graded, Level
from grader.pipeline import cache_keys
from grader.pipeline.options import GradingOptions
from grader.sandbox.preload import modules_for

if TYPE_CHECKING:
    from grader.classroom.batch.grade_task import Marker
    from grader.pipeline.broken_reference import BrokenReference

Work = Literal["graded", "marked", "unchanged"]
"""What was done for a submission: it was run; it was marked again by changed rubrics; nothing."""

MAX_SAMPLED = 200
MAX_SAMPLED_BYTES = 1024**2
"""Limits for the files whose contents decide which modules are imported beforehand: their number, and each one's size.
"""

_LEVELS = tuple(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrade:
    """What is graded again although it has not changed.

    ``level``: also whatever was graded with less isolation than this.
    """

    everything: bool = False
    broken: bool = False
    level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionDone:
    """One submission is done and saved. ``path`` is its place in the class; ``why`` is the reason of ``broken``."""

    path: str
    status: GradeStatus
    work: Work
    why: str = ""


@dataclass(slots=True)
class Batch:
    """One assignment of a class on its way into the gradebook.

    ``assignment`` is its id, or what the class's work without one is called. ``on_done`` is called for every submission
    when it is saved. ``earlier``: what happens to what was graded under this name, where this is another class.
    """

    book: Gradebook
    intake: Intake
    assignment: str
    options: GradingOptions
    regrade: Regrade
    on_done: Callable[[SubmissionDone], None]
    earlier: Earlier = "refuse"
    other_assignments: dict[str, list[str]] = field(default_factory=dict)
    """By the id of another assignment of the course: the paths of the files that name it."""
    done: Counter[tuple[GradeStatus, Work]] = field(default_factory=Counter)
    broken: Mapping[str, BrokenReference] = field(default_factory=dict)
    """The references that are broken, by exercise: for everybody, these exercises are errors."""
    _stored: dict[str, StoredGrading] = field(default_factory=dict)
    """The gradings in the gradebook, by cache key."""
    _with_modules: dict[str, str] = field(default_factory=dict)
    """By cache key: the digest that marks are given for, see ``SubmissionRow.with_modules``."""
    _done_now: set[str] = field(default_factory=set)
    """The cache keys of what was graded in this batch."""
    _graded_first: set[str] = field(default_factory=set)
    """Of these, the cache keys of what was graded before anybody was enrolled, and is not counted yet."""
    _waiting: dict[str, list[tuple[HandedFile, EnrolledFile, str]]] = field(default_factory=dict)
    """By cache key: the files whose result is not there yet, their rows in the gradebook and their SHA-256."""
    _kept_marker: Marker | None = None

    def run(self, task_grader: TaskGrader) -> None:
        """Grade the class. Raises GraderError; what was done until then is in the gradebook.

        Nothing is graded where references are broken, unless the options say to skip these exercises; nor where it is
        another class or homework than its name stands for, which raises UsageError.
        """
        known = self.book.known_class(self.assignment)
        placement = place(known, self.assignment, self.intake.handins, self.options, self.earlier)
        task_grader.prepare(modules_for(self._sample()), sum(len(handin.files) for handin in self.intake.handins))
        self._stored = self.book.stored_gradings()
        ready = task_grader.ready()
        self.broken = self._check_references(task_grader, ready)
        ready = replace(ready, course=cache_keys.of_course_without(ready.course, self.broken))
        if known is not None and is_unsure(known, self.intake.handins, self.options, self.earlier):
            before = {exercise.id for exercise in self.book.results(self.assignment).exercises}
            check_found(self.assignment, before, self._found(task_grader, ready))
        enrolled = self.book.enrol(
            self.assignment,
            self.intake.handins,
            plan=ready.plan,
            statements=ready.statements,
            placement=placement,
            contents={handin.path: content_digest(handin) for handin in self.intake.handins if not handin.files},
        )
        for graded in task_grader.grade(self._tasks(enrolled, ready)):
            self._save(graded)
        self.book.finish(self.assignment)

    # ----------------------------------------------------------------------------------------------------------------

    def _check_references(self, task_grader: TaskGrader, ready: Ready) -> Mapping[str, BrokenReference]:
        """The broken references. Raises ReferenceError, unless exercises are left and they are to be skipped, or only
        ran out of time.
        """
        broken = task_grader.check_references()
        if not broken or (self.options.skip_broken and len(broken) < len(ready.statements)):
            return broken
        from grader.pipeline.broken_reference import error_of, is_mistake

        explicit = self.options.assignment is not None or bool(self.options.exercises)
        if not is_mistake(broken, len(ready.statements), explicit=explicit):
            return broken
        hint = "" if len(broken) == len(ready.statements) else ", or grade without them: --skip-broken"
        raise error_of(broken, "Nobody was graded.", hint)

    def _found(self, task_grader: TaskGrader, ready: Ready) -> Collection[str]:
        """The exercises that are attempted. What has no grading yet is graded, and nobody is enrolled."""
        keys, tasks = set[str](), dict[str, Task]()
        for handin in self.intake.handins:
            finder = CompanionFinder(handin)
            for file in handin.files:
                with suppress(SubmissionError):  # reported when its turn comes
                    content = file.read()
                    task = _task_of(file, content, finder, ready, partial(code_of, content, file.name))
                    keys.add(task.key)
                    if task.key not in self._stored:
                        tasks[task.key] = task
        for graded in task_grader.grade(tasks.values()):
            self.book.save(graded, {})
            self._stored[graded.key] = stored_grading_of(graded)
            self._done_now.add(graded.key)
            self._graded_first.add(graded.key)
        return self.book.attempted(keys)

    def _sample(self) -> Iterator[bytes]:
        """The contents of some files, from everywhere in the class."""
        files = [file for handin in self.intake.handins for file in handin.files if file.size <= MAX_SAMPLED_BYTES]
        for file in files[:: max(1, len(files) // MAX_SAMPLED)]:
            with suppress(SubmissionError):  # reported when the file is graded
                yield file.read()

    def _tasks(self, enrolled: dict[tuple[str, str], EnrolledFile], ready: Ready) -> Iterator[Task]:
        """The submissions that have to run. The results of all others are saved while they are looked at.

        The first file of every student comes before anybody's second, so that nobody waits for all files of another.
        """
        handins = self.intake.handins
        for position in range(max((len(handin.files) for handin in handins), default=0)):
            for handin in handins:
                if position < len(handin.files):
                    file = handin.files[position]
                    # Not kept from file to file: it holds the contents of a hand-in, and there are many hand-ins.
                    task = self._task(file, CompanionFinder(handin), enrolled[handin.path, file.path], ready)
                    if task is not None:
                        yield task

    def _task(self, file: HandedFile, finder: CompanionFinder, row: EnrolledFile, ready: Ready) -> Task | None:
        try:
            content = file.read()
        except SubmissionError as error:
            reason = CompanionFile("unreadable", str(error).encode())
            key = cache_keys.of_submission(ready.course, file.path, b"", [reason])
            self._waiting.setdefault(key, []).append((file, row, ""))
            self._save(messages.broken(key, ready.rubrics, str(error), unreadable=True))
            return None
        code = cache(partial(code_of, content, file.name))
        task = _task_of(file, content, finder, ready, code)
        key = task.key
        sha256 = hashlib.sha256(content).hexdigest()
        if row.key != key:
            self._with_modules[key] = with_modules(file, content, finder, code)
        if key in self._waiting:
            self._waiting[key].append((file, row, sha256))  # two students handed in the same file: it runs once
            return None
        stored = self._stored.get(key)
        if stored is None or self._has_to_run(key, stored):
            self._waiting[key] = [(file, row, sha256)]
            return task
        if stored.rubrics != ready.rubrics:
            self._mark_again(key, file, row, sha256, ready)
        else:
            if row.key != key:
                self.book.link_submissions(key, {row.id: sha256}, self._with_modules[key])
            self._count(file, stored, "graded" if key in self._graded_first else "unchanged")
            self._graded_first.discard(key)
        return None

    def _has_to_run(self, key: str, stored: StoredGrading) -> bool:
        """Whether a submission that was graded before has to run again."""
        if key in self._done_now:
            return False
        if self.regrade.everything or (self.regrade.broken and stored.status == "broken"):
            return True
        if stored.status == "graded" and stored.why:
            return True  # not final: it was kept waiting until its time was over
        wanted = self.regrade.level
        if wanted is None or not stored.level or stored.status != "graded":
            return False
        return _LEVELS.index(Level(stored.level)) > _LEVELS.index(wanted)

    def _mark_again(self, key: str, file: HandedFile, row: EnrolledFile, sha256: str, ready: Ready) -> None:
        """Mark what was judged in an earlier batch by the rubrics of today."""
        judged = self.book.judged(key)
        if judged:
            graded = self._marker().mark(key, judged)
        else:
            before = self._stored[key]
            graded = messages.broken(key, ready.rubrics, before.why, unreadable=before.unreadable)
        self._waiting[key] = [(file, row, sha256)]
        self._save(graded, "marked")

    def _marker(self) -> Marker:
        if self._kept_marker is None:
            # Imported here, because it imports the judge, which this process needs only to mark again.
            from grader.classroom.batch.grade_task import Marker

            self._kept_marker = Marker(self.options)
        return self._kept_marker

    def _save(self, graded: Graded, work: Work = "graded") -> None:
        files = self._waiting.pop(graded.key, None)
        if files is None:
            return  # a task may be graded twice
        digests = {row.id: sha256 for _, row, sha256 in files}
        self.book.save(graded, digests, self._with_modules.get(graded.key))
        self._stored[graded.key] = stored = stored_grading_of(graded)
        self._done_now.add(graded.key)
        for file, _, _ in files:
            self._count(file, stored, work)

    def _count(self, file: HandedFile, stored: StoredGrading, work: Work) -> None:
        status = status_of_submission(stored)
        if stored.other_assignment:
            self.other_assignments.setdefault(stored.other_assignment, []).append(file.path)
        self.done[status, work] += 1
        self.on_done(SubmissionDone(path=file.path, status=status, work=work, why=stored.why))


def _task_of(
    file: HandedFile, content: bytes, finder: CompanionFinder, ready: Ready, code: Callable[[], Iterable[str]]
) -> Task:
    around = finder.of(file, code)
    key = cache_keys.of_submission(ready.course, file.name, content, around.files, folder=around.folder)
    return Task(key=key, name=file.name, content=content, companions=around.files, folder=around.folder)

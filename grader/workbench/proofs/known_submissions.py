"""Known submissions get what their ``verdicts.yaml`` says: verdicts, status, score and words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from grader.course.course import Course, CourseExercise
from grader.course.known_submissions import (
    VERDICTS,
    KnownSubmission,
    load_known_submissions,
    sound_known_submissions,
)
from grader.errors import ExerciseError
from grader.language.yaml_file import shown
from grader.model import Finding, ProofResult
from grader.text import count
from grader.workbench.grade_file import GradedFile, GradeFile
from grader.workbench.known_verdicts import differences
from grader.workbench.proof import Proof
from grader.workbench.work import Work

MAX_READ = 500
"""Exercises whose known submissions are held in memory."""


class KnownSubmissions(Proof):
    """Each known submission is graded for its exercise alone, as with ``--exercise``."""

    NAME: ClassVar[str] = "known submissions"
    HEADING: ClassVar[str] = "Known"

    def plan(self, course: Course, chosen: Sequence[CourseExercise]) -> Iterable[GradeFile]:
        for item in chosen:
            if not item.is_recorded:
                yield from (work_of_known(item, known) for known in sound_known_of(item))

    def conclude(
        self, course: Course, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]
    ) -> Iterator[ProofResult]:
        for item in chosen:
            if item.is_recorded:
                continue
            # Mistakes in its verdicts.yaml are findings by themselves, and cost the entries that have them.
            listed, has_mistakes = sound_known_of(item), known_of(item) is None
            if has_mistakes and not listed:
                continue
            of_each = [tuple(_findings(item, known, results[work_of_known(item, known)])) for known in listed]
            findings = [finding for found in of_each for finding in found]
            right = sum(not found for found in of_each)
            judged = [known for known in listed if not _is_broken(item, results[work_of_known(item, known)])]
            wrong = sum("failed" in known.expected.verdicts.values() for known in listed)
            if not wrong and not has_mistakes:
                findings.append(_without_wrong_ones(item))
            yield ProofResult(
                proof=self.NAME,
                exercise=item.exercise.id,
                findings=tuple(findings),
                figures={"submissions": len(listed), "as_expected": right, "wrong_answers": wrong},
                cell=f"{right}/{len(listed)}" if judged or not listed else "–",
                tried=len(listed),
            )


def known_of(item: CourseExercise) -> tuple[KnownSubmission, ...] | None:
    """The known submissions of an exercise; None where its ``verdicts.yaml`` has mistakes. Many proofs ask for them, so
    they are read once for each exercise that was loaded.
    """
    return _read(_Loaded(item))


def sound_known_of(item: CourseExercise) -> tuple[KnownSubmission, ...]:
    """The known submissions whose entries in ``verdicts.yaml`` have no mistakes."""
    known = known_of(item)
    return sound_known_submissions(item.known, item.exercise) if known is None else known


class _Loaded:
    """An exercise as a key. It is equal to itself alone, so one that was loaded later is read again."""

    def __init__(self, item: CourseExercise) -> None:
        self.item = item

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Loaded) and self.item is other.item

    def __hash__(self) -> int:
        return id(self.item)


@lru_cache(maxsize=MAX_READ)
def _read(loaded: _Loaded) -> tuple[KnownSubmission, ...] | None:
    item = loaded.item
    try:
        return load_known_submissions(item.known, item.exercise)
    except ExerciseError:
        return None


def work_of_known(item: CourseExercise, known: KnownSubmission) -> GradeFile:
    """The work that grades a known submission; other proofs use its result as well."""
    return GradeFile(path=known.path, exercises=(item.exercise.id,))


def _findings(item: CourseExercise, known: KnownSubmission, result: GradedFile) -> Iterator[Finding]:
    path, name = known.said_in, known.path.name
    graded = result.of(item.exercise.id)
    if result.unreadable or graded is None:
        yield Finding(severity="error", text=f"{name} cannot be read: {result.unreadable}", path=known.path)
        return
    if _is_broken(item, result):
        yield Finding(
            severity="note",
            text=f"{name} could not be judged, because the reference solution does not pass.",
            path=path,
            line=known.line_of(),
        )
        return
    for difference in differences(known.expected, graded):
        yield Finding(
            severity="error",
            text=f"{name}: {difference.text}.",
            path=path,
            line=known.line_of(*difference.field),
            detail=difference.said,
        )


def _is_broken(item: CourseExercise, result: GradedFile) -> bool:
    """Whether nothing could be judged, because the reference does not pass."""
    graded = result.of(item.exercise.id)
    return graded is not None and bool(graded.broken)


def _without_wrong_ones(item: CourseExercise) -> Finding:
    folder = item.known[0].path
    checks = ", ".join(f"{check.id}: failed" for check in item.exercise.checks)
    return Finding(
        severity="warning",
        text="No wrong answer is known for this exercise, so nothing shows that it catches one. Write a wrong answer, "
        f"say {shown(folder / 'wrong.py')}, and beside it in {VERDICTS} what {_each(item)} must say of it.",
        path=folder / VERDICTS,
        detail=f"wrong.py:\n  about: What is wrong in it.\n  verdicts: {{{checks}}}",
    )


def _each(item: CourseExercise) -> str:
    number = len(item.exercise.checks)
    return "the check" if number == 1 else f"each of the {count(number, 'check')}"

"""Cross-talk: which other exercises references and known submissions are attempts at, where nothing names their own.

What is known of it stands in ``besides`` of ``verdicts.yaml``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from grader.course.course import Course, CourseExercise
from grader.course.known_submissions import Expected, KnownSubmission
from grader.model import AttemptElsewhere, Finding, ProofResult
from grader.text import count
from grader.workbench.proof import Proof
from grader.workbench.proofs.found_attempts import FindAttempt, FoundAttempts
from grader.workbench.proofs.known_submissions import known_of
from grader.workbench.work import Work


class CrossTalk(Proof):
    """Each file is graded as if it were named ``homework``, by all exercises of the course."""

    NAME: ClassVar[str] = "cross-talk"
    HEADING: ClassVar[str] = "Besides"

    def plan(self, course: Course, chosen: Sequence[CourseExercise]) -> Iterable[FindAttempt]:
        for item in chosen:
            if not item.is_recorded:
                for path in _files(item):
                    yield from _works(course, path)

    def conclude(
        self, course: Course, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]
    ) -> Iterator[ProofResult]:
        for item in chosen:
            if item.is_recorded:
                continue
            found = {path: _attempted(course, path, results) for path in _files(item)}
            own = item.exercise.id
            elsewhere = tuple(
                AttemptElsewhere(file=path.name, exercises=tuple(one for one in attempted if one != own))
                for path, attempted in found.items()
                if set(attempted) - {own}
            )
            findings = [*_of_reference(item, found[item.solution])]
            for known in known_of(item) or ():
                findings += findings_of(item, known, found[known.path], course.layers.exercises)
            yield ProofResult(
                proof=self.NAME,
                exercise=own,
                findings=tuple(findings),
                figures={"files": len(found), "elsewhere": len(elsewhere)},
                cell=str(len(elsewhere)),
                tried=len(found),
                elsewhere=elsewhere,
            )


def findings_of(
    item: CourseExercise, known: KnownSubmission, attempted: Iterable[str], exercises: Collection[str]
) -> Iterator[Finding]:
    """What is not as ``besides`` says. ``attempted``: the exercises that a known submission is an attempt at.
    ``exercises``: those of the course; that ``besides`` names others is a mistake in the file.
    """
    own, path = item.exercise.id, known.said_in
    others, declared = [one for one in attempted if one != own], known.expected.besides
    undeclared = [one for one in others if one not in declared]
    if undeclared:
        yield Finding(
            severity="warning",
            text=f"{known.path.name} also counts as an attempt at {_listed(undeclared)}, where nothing says that it is "
            "about this exercise. Have the other exercise ask for more before it counts something as an attempt "
            "(`evidence`, `attempt`); or, if nobody could tell, say so.",
            path=path,
            line=known.line_of(),
            detail=f"{known.path.name}:\n  besides: [{', '.join(others)}]",
        )
    for name in declared:
        if name not in others and name in exercises and name != own:
            yield Finding(
                severity="error",
                text=f"{known.path.name}: it does not count as an attempt at `{name}` (any more). Take it out of "
                "`besides`.",
                path=path,
                line=known.line_of("besides"),
            )
    if own not in attempted and item.exercise.attempt != "named" and is_right(known.expected):
        yield Finding(
            severity="note",
            text=f"{known.path.name} is right, and counts as no attempt where nothing names this exercise: neither a "
            "heading nor --exercise nor an assignment.",
            path=path,
            line=known.line_of(),
        )


def is_right(expected: Expected) -> bool:
    """Whether a known submission must pass all that is not for a person."""
    statuses = set(expected.verdicts.values())
    return "passed" in statuses and statuses <= {"passed", "manual"}


def _of_reference(item: CourseExercise, attempted: Sequence[str]) -> Iterator[Finding]:
    others = [one for one in attempted if one != item.exercise.id]
    if others:
        yield Finding(
            severity="warning",
            text=f"The reference solution also counts as an attempt at {_listed(others)}, where nothing names the "
            "exercise: students who solve one of them get a report on the other, too. A comment in its first line "
            "that has the exercise's title says what it is about.",
            path=item.solution,
        )


def _files(item: CourseExercise) -> tuple[Path, ...]:
    return item.solution, *(known.path for known in known_of(item) or ())


def _works(course: Course, path: Path) -> Iterator[FindAttempt]:
    for item in course.exercises:
        if not item.mistakes and not item.is_recorded:
            yield FindAttempt(path=path, exercise=item.exercise.id)


def _attempted(course: Course, path: Path, results: Mapping[Work, Any]) -> tuple[str, ...]:
    found: Iterator[FoundAttempts] = (results[work] for work in _works(course, path))
    return tuple(name for one in found for name in one.exercises)


def _listed(names: Sequence[str]) -> str:
    shown_names = ", ".join(f"`{name}`" for name in names[:5])
    return shown_names if len(names) <= 5 else f"{shown_names} and {count(len(names) - 5, 'more exercise')}"

"""Proves a course: finds the mistakes in its files, has the works of all proofs done, and concludes."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import grader
from grader.course.course import Course, CourseExercise, read_course
from grader.course.course_folder import name_of
from grader.errors import GraderError
from grader.language.yaml_file import shown
from grader.model import Finding, ProofColumn, ProofResult, ValidatedExercise, Validation
from grader.pipeline.options import GradingOptions
from grader.text import count
from grader.workbench.course_mistakes import find_mistakes
from grader.workbench.kept import Kept
from grader.workbench.pool import Pool, Progress, followed_by, going_on, nobody_looks
from grader.workbench.proof import Proof
from grader.workbench.work import Work

logger = logging.getLogger(__name__)

UNREAD = (
    "Nothing was run: nothing can be graded by this course before the mistakes in files that are of no single exercise "
    "are mended."
)
RECORDED = (
    "This course has recordings of its references and not the solutions, so only its files and points can be looked "
    "at. References and known submissions are proven where the solutions are."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be proven. No exercises: all of the course, or of the assignment."""

    exercises: tuple[str, ...] = ()
    assignment: str | None = None
    proofs: tuple[type[Proof], ...]


@dataclass(slots=True, kw_only=True)
class _Part:
    """A proof of one exercise, or of all of them, on its way."""

    proof: Proof
    exercise: str
    chosen: tuple[CourseExercise, ...]
    works: list[Work] = field(default_factory=list)
    fault: str = ""
    """What error the proof itself raised, which is one of the grader; empty if none."""

    @property
    def plans_more(self) -> bool:
        """Whether further works follow from the results of the first ones."""
        return type(self.proof).plan_more is not Proof.plan_more

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Errors of the grader in this proof cost nothing but this proof of this exercise."""
        try:
            yield
        except GraderError:
            raise
        except Exception as error:
            logger.exception("The proof `%s` of `%s` failed", self.proof.NAME, self.exercise or "the course")
            self.fault = f"{type(error).__name__}: {error}"


def validate(
    options: GradingOptions,
    asked: Asked,
    *,
    kept: Kept,
    size: int | None = None,
    again: bool = False,
    progress: Progress = nobody_looks,
) -> Validation:
    """Prove the course of these options. ``size``: how many processes; None: as many as there are cores.
    ``again``: nothing is taken from what is kept.

    Raises UsageError for exercises and assignments that the course does not have, SandboxError where nothing can be
    run.
    """
    began = time.monotonic()
    course, of_course = read_course(options.course, options.trusted_checks)
    # An assignment that could not be read is one of the mistakes.
    assignment = None if asked.assignment is None or of_course else course.assignment(asked.assignment)
    chosen = course.select(asked.exercises, assignment)
    results = [_with_shown_paths(result) for result in find_mistakes(course, of_course, chosen)]
    sound = () if of_course else tuple(item for item in chosen if not item.mistakes)
    parts = list(_parts(asked.proofs, sound))
    with Pool(course, options, kept, size=size, again=again) as pool:
        results += map(_with_shown_paths, _prove(course, parts, pool, progress))
        seconds = _seconds(parts, pool)
        done, were_kept = pool.done, pool.kept
    notes = [UNREAD] if of_course else []
    notes += [RECORDED] if any(item.is_recorded for item in chosen) else []
    return Validation(
        version=grader.__version__,
        course=name_of(course.root),
        exercises=tuple(
            ValidatedExercise(
                id=item.exercise.id,
                points=item.rubric.total,
                seconds=seconds.get(item.exercise.id, 0.0),
                unfinished=bool(item.mistakes),
            )
            for item in chosen
        ),
        proofs=tuple(ProofColumn(proof=one.NAME, heading=one.HEADING) for one in asked.proofs),
        results=tuple(results),
        seconds=time.monotonic() - began,
        works=done + were_kept,
        kept=were_kept,
        notes=tuple(notes),
    )


def _parts(proofs: Iterable[type[Proof]], chosen: Sequence[CourseExercise]) -> Iterator[_Part]:
    for proof in proofs:
        items = tuple(item for item in chosen if proof.OF_FILES or not item.is_recorded)
        if proof.OF_COURSE:
            if items:
                yield _Part(proof=proof(), exercise="", chosen=items)
        else:
            for item in items:
                yield _Part(proof=proof(), exercise=item.exercise.id, chosen=(item,))


def _prove(course: Course, parts: Sequence[_Part], pool: Pool, progress: Progress) -> Iterator[ProofResult]:
    """Has the works of all parts done, then those that follow from their results, and concludes from both."""
    results: dict[Work, Any] = {}
    for part in parts:
        with part.guarded():
            part.works += part.proof.plan(course, part.chosen)
    works = dict.fromkeys(work for part in parts for work in part.works)
    follow = ", ".join(dict.fromkeys(part.proof.NAME for part in parts if part.plans_more))
    results |= pool.do(works, followed_by(progress, follow))
    before, kept = len(works), pool.kept
    for part in parts:
        if not _failures(part, pool) and not part.fault:
            with part.guarded():
                part.works += part.proof.plan_more(course, part.chosen, results)
    more = [work for work in dict.fromkeys(work for part in parts for work in part.works) if work not in works]
    if more:
        results |= pool.do(more, going_on(progress, before, kept))
    for part in parts:
        if not (reasons := _failures(part, pool)) and not part.fault:
            with part.guarded():
                yield from list(part.proof.conclude(course, part.chosen, results))
        if reasons or part.fault:
            finding = _not_proven(reasons, part.fault)
            yield ProofResult(
                proof=part.proof.NAME, exercise=part.exercise, findings=(finding,), grader_failed=bool(part.fault)
            )


def _failures(part: _Part, pool: Pool) -> list[str]:
    """Why runs of the part failed, which then cannot conclude."""
    return [pool.failed[work] for work in part.works if work in pool.failed]


def _not_proven(reasons: Sequence[str], fault: str) -> Finding:
    where = f"in {count(len(reasons), 'run')}" if reasons else "when it looked at the course or the results of the runs"
    return Finding(
        severity="error",
        text=f"This could not be proven: the grader failed {where}. Try it again; if it fails again, please report it, "
        "with what --verbose shows.",
        detail=reasons[0] if reasons else fault,
    )


def _seconds(parts: Iterable[_Part], pool: Pool) -> dict[str, float]:
    """How long the works of each exercise took, each counted once, for the first that needed it."""
    counted: set[Work] = set()
    found: dict[str, float] = {}
    for part in parts:
        for work in part.works:
            if work in pool.seconds and work not in counted:
                counted.add(work)
                exercise = part.exercise or work.about
                found[exercise] = found.get(exercise, 0.0) + pool.seconds[work]
    return found


def _with_shown_paths(result: ProofResult) -> ProofResult:
    """Paths for people: relative to the current folder, if they are below it."""
    findings = (
        finding if finding.path is None else replace(finding, path=shown(Path(finding.path)))
        for finding in result.findings
    )
    return replace(result, findings=tuple(findings))

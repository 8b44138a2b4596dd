"""Tolerances have room: the reference's own noise stays far below them, and wrong answers stay far above.

The noise is what is seen when the reference runs again: under other seeds and with two threads, each compared with the
formulas of the checks, or with another run that computes with one thread. torch is not run in double precision for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from grader.course.course import Course, CourseExercise
from grader.model import Finding, ProofResult, Severity
from grader.workbench.grade_file import GradedFile, GradeFile, Margin
from grader.workbench.proof import Proof
from grader.workbench.proofs.known_submissions import known_of, work_of_known
from grader.workbench.proofs.places import in_exercise
from grader.workbench.proofs.references import how_it_ran, runs_of_reference
from grader.workbench.work import Work

WARNING = 0.1
ERROR = 0.5
"""Shares of what is allowed, from which on the noise of the reference is a finding."""
TIMES = 10.0
"""A wrong answer that so large a multiple of the tolerance would let pass is a finding."""


class Tolerance(Proof):
    """It looks at the runs of references and known submissions, and runs nothing of its own."""

    NAME: ClassVar[str] = "tolerance"
    HEADING: ClassVar[str] = "Noise"

    def plan(self, course: Course, chosen: Sequence[CourseExercise]) -> Iterable[GradeFile]:
        for item in chosen:
            if not item.is_recorded:
                yield from runs_of_reference(item)
                yield from (work_of_known(item, known) for known in known_of(item) or ())

    def conclude(
        self, course: Course, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]
    ) -> Iterator[ProofResult]:
        for item in chosen:
            if item.is_recorded:
                continue
            noise = _noise(item, results)
            findings = [*_too_near(item, noise), *_nearly_passing(item, results)]
            greatest = max((margin.share for _, margin in noise.values()), default=None)
            yield ProofResult(
                proof=self.NAME,
                exercise=item.exercise.id,
                findings=tuple(findings),
                figures={} if greatest is None else {"greatest_share": greatest},
                cell="–" if greatest is None else in_percent(greatest),
                tried=len(noise),
            )


def in_percent(share: float) -> str:
    return "<1 %" if 0 < share < 0.01 else f"{share:.0%}".replace("%", " %")


def _noise(item: CourseExercise, results: Mapping[Work, Any]) -> Mapping[str, tuple[GradeFile, Margin]]:
    """Of each check, the run of the reference that comes nearest to what is allowed, and the comparison."""
    found: dict[str, tuple[GradeFile, Margin]] = {}
    for work in runs_of_reference(item):
        result: GradedFile = results[work]
        graded = result.of(item.exercise.id)
        for check in () if graded is None else graded.checks:
            if check.nearest is not None and (check.id not in found or check.nearest.share > found[check.id][1].share):
                found[check.id] = work, check.nearest
    return found


def _too_near(item: CourseExercise, noise: Mapping[str, tuple[GradeFile, Margin]]) -> Iterator[Finding]:
    for index, check in enumerate(item.exercise.checks):
        if check.id not in noise or noise[check.id][1].share < WARNING:
            continue
        work, margin = noise[check.id]
        severity: Severity = "error" if margin.share >= ERROR else "warning"
        text = (
            f"`{check.id}`: {how_it_ran(work)} the reference solution differs in `{margin.line}` by "
            f"{in_percent(margin.share)} of what is allowed. Another right answer, or another machine, may differ by "
            "more: give the check a larger `tolerance`, such as 0.001, or numbers that are not so large or small."
        )
        yield in_exercise(item, ("checks", index), severity, text)


def _nearly_passing(item: CourseExercise, results: Mapping[Work, Any]) -> Iterator[Finding]:
    """Of each check, the wrong known submission that comes nearest to passing, if it comes near."""
    for index, check in enumerate(item.exercise.checks):
        near: list[tuple[float, str, str]] = []
        for known in known_of(item) or ():
            result: GradedFile = results[work_of_known(item, known)]
            graded = result.of(item.exercise.id)
            for one in () if graded is None else graded.checks:
                if one.id == check.id and one.missed is not None and one.missed.share <= TIMES:
                    near.append((one.missed.share, known.path.name, one.missed.line))
        if near:
            share, name, line = min(near)
            text = (
                f"`{check.id}` catches {name} by a difference in `{line}` that is only {share:.1f} times what is "
                f"allowed: a `tolerance` of {TIMES:g} times as much would let it pass. Use numbers for which the two "
                "differ by more."
            )
            yield in_exercise(item, ("checks", index), "warning", text)

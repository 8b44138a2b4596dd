"""What a report says of all its exercises together: the score, and whether it passed and is final."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.model.assignment import Basis
from grader.model.report import ExerciseReport, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTotals:
    """The fields of ``Report`` that follow from its exercises, and are named like them."""

    score: float
    max_score: float
    complete: bool
    passed: bool


def counted_exercises(exercises: Sequence[ExerciseReport], basis: Basis) -> tuple[ExerciseReport, ...]:
    """The exercises that count in the totals: those that were asked for, else those that were attempted."""
    return tuple(
        exercise
        for exercise in exercises
        if not exercise.broken_reference and (basis != "found" or exercise.status != "not_attempted")
    )


def find_totals(exercises: Sequence[ExerciseReport], basis: Basis, *, not_final: str = "") -> ReportTotals:
    """The totals of these exercises. ``not_final``: that of the run.

    An exercise without any check that the report's reader may see was graded and has no checks. It fails nothing, and
    passes only where every exercise is like that: a submission in which nothing else was found has not passed.
    """
    counted = counted_exercises(exercises, basis)
    required = [exercise for exercise in counted if not exercise.bonus]
    return ReportTotals(
        score=sum(exercise.score for exercise in counted),
        max_score=sum(exercise.max_score for exercise in required),
        complete=not not_final
        and all(exercise.status != "error" for exercise in exercises)
        and all(
            check.status != "error" and check.score is not None for exercise in counted for check in exercise.checks
        ),
        passed=(any(map(_has_checks, counted)) or (bool(counted) and not any(map(_has_checks, exercises))))
        and all(exercise.status == "graded" for exercise in required)
        and all(check.is_right for exercise in required for check in exercise.checks),
    )


def with_exercises(report: Report, exercises: tuple[ExerciseReport, ...], *, basis: Basis | None = None) -> Report:
    """The report with other exercises, and the totals that follow from them. ``basis``: None, that of the report."""
    basis = basis or report.basis
    totals = find_totals(exercises, basis, not_final=report.run.not_final)
    return replace(
        report,
        exercises=exercises,
        basis=basis,
        score=totals.score,
        max_score=totals.max_score,
        complete=totals.complete,
        passed=totals.passed,
    )


def _has_checks(exercise: ExerciseReport) -> bool:
    """An exercise that could not be graded has checks, although its report lists none."""
    return bool(exercise.checks) or exercise.status != "graded"

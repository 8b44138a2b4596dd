"""The verdict of a ``function`` check, from the result of the function that comes closest."""

from __future__ import annotations

from collections.abc import Sequence

from grader.judging.bounds import bounded
from grader.judging.candidates import proves_attempt
from grader.judging.checks.base import Check
from grader.judging.context import Subject
from grader.judging.functions.function_results import FunctionResult
from grader.judging.trials import difference_of
from grader.model import Found, Verdict


def verdict_on(check: Check, best: FunctionResult, found: Sequence[FunctionResult], subject: Subject) -> Verdict:
    """``found`` are the results of all functions that count, ``best`` among them."""
    if mistake := best.course_mistake():
        return Verdict(check=check.id, status="error", message=mistake, place=best.called.place)
    failing = best.failing
    candidates_of = [trial.candidate for _, trial in best.trials]
    comparison = failing[0][1].comparison if failing and failing[0][0].error is None else None
    return Verdict(
        check=check.id,
        status="passed" if best.passed else "manual" if best.needs_person else "failed",
        message=best.message(),
        expected=None if comparison is None else comparison.expected,
        actual=None if comparison is None else comparison.actual,
        place=best.called.place,
        best_position=best.called.position,
        difference=None if comparison is None else difference_of(failing[0][1]),
        position=best.called.position if best.passed else None,
        share=best.share,
        found=True,
        candidates=len(found),
        bound=tuple(
            Found(position=result.called.position, place=result.called.place, branches=result.called.branches)
            for result in found
            if result.passed
        ),
        evidence=subject.own_code.proves(best.called.place)
        and proves_attempt(check, candidates_of, passed=best.passed, seen=True),
        variables=bounded(trial.candidate.variables for _, trial in failing or best.trials),
    )

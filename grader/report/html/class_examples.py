"""An example of each named mistake: a curve or a gradient that somebody handed in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from grader.model import CurveEvidence, Evidence, GradientEvidence, Report

Mistake = tuple[str, str, str]
"""The ids of exercise and check, and the rubric's sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What is drawn of a mistake: a curve or a gradient; the other is None. Names that students gave are left out."""

    curve: CurveEvidence | None = None
    gradient: GradientEvidence | None = None


def find_examples(mistakes: Collection[Mistake], reports: Iterable[Report]) -> Mapping[Mistake, Example]:
    """The first example of each mistake. Reports are read until each has one, and not kept: those of a large class
    would fill the memory.
    """
    wanted = set(mistakes)
    found: dict[Mistake, Example] = {}
    for report in reports if wanted else ():
        for mistake, evidence in _evidence(report):
            if mistake in wanted and (example := _example(evidence)) is not None:
                found[mistake] = example
                wanted.remove(mistake)
        if not wanted:
            break
    return found


def _evidence(report: Report) -> Iterator[tuple[Mistake, Evidence]]:
    for exercise in report.exercises:
        for check in exercise.checks:
            if check.status == "failed" and check.mistake and check.evidence is not None:
                yield (exercise.id, check.id, check.mistake), check.evidence


def _example(evidence: Evidence) -> Example | None:
    """The curve or gradient that shows the mistake: the first that differs from what was expected."""
    for curve in evidence.curves:
        if curve.drawn is not None and curve.expected is not None and not _is_as_expected(curve):
            return Example(curve=replace(curve, name=""))
    for gradient in evidence.gradients:
        if gradient.actual is not None and _differs(gradient):
            return Example(gradient=replace(gradient, name=""))
    return None


def _is_as_expected(curve: CurveEvidence) -> bool:
    if curve.is_close is not None:
        return bool(np.all(curve.is_close))
    assert curve.drawn is not None
    assert curve.expected is not None
    return _are_close(curve.drawn, curve.expected)


def _differs(gradient: GradientEvidence) -> bool:
    if gradient.is_close is not None:
        return not bool(np.all(gradient.is_close))
    return gradient.actual is not None and not _are_close(gradient.actual, gradient.expected)


def _are_close(drawn: np.ndarray, expected: np.ndarray) -> bool:
    return drawn.shape == expected.shape and bool(np.allclose(drawn, expected, equal_nan=True))

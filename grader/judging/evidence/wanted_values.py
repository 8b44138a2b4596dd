"""What a check wants: the values of its best candidate with those that they have to be equal to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.judging.checks.base import Check
from grader.language.closeness import Tolerance, close, tolerance_for
from grader.language.values import Numbers, Undefined, floats, numbers
from grader.model.evidence import Floats

Wanted = tuple[str, object, object]
"""The text of what is looked at, such as ``x.grad``, its value, and the value that it has to be equal to."""


def wanted_values(check: Check, variables: Mapping[str, Any], tolerance: Tolerance | None) -> Iterator[Wanted]:
    """The lines of ``expect`` first, then the equations of ``holds`` and of ``given``."""
    for observed, wanted in check.expect:
        if wanted.name not in check.WANTED_WORDS:
            actual = observed.evaluate(variables, tolerance=tolerance)
            yield observed.text, actual, wanted.evaluate(variables, tolerance=tolerance)
    for line in (*check.holds, *check.given):
        yield from line.equations(variables, tolerance=tolerance)


def own_tolerance(check: Check) -> Tolerance | None:
    return None if check.tolerance is None else Tolerance(rtol=check.tolerance, atol=check.tolerance)


def real(value: object) -> tuple[Floats, str] | None:
    """Real numbers with the name of their dtype; None for anything else."""
    found = numbers(value)
    if isinstance(found, Undefined) or found[0].dtype.kind not in "bf":
        return None
    return floats(found[0]), found[1]


@np.errstate(all="ignore")
def are_close(actual: Numbers, expected: Numbers, tolerance: Tolerance | None, dtypes: tuple[str, str]) -> Any:
    """For each element, whether a comparison takes the two for equal. Where nothing is defined, anything is right."""
    return close(actual, expected, tolerance or tolerance_for(dtypes)) | np.isnan(expected)

"""Compares what a known submission got with what its ``verdicts.yaml`` says that it must get."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from grader.course.known_submissions import Expected
from grader.text import points, shorten
from grader.workbench.grade_file import GradedExercise

MAX_TEXT = 300
"""Characters that are quoted of what a check said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that is not as ``verdicts.yaml`` says."""

    field: tuple[str, ...]
    """Where it says it: ``("verdicts", "slope")``, ``("score",)``."""
    text: str
    said: str = ""
    """What the check said."""


def differences(expected: Expected, graded: GradedExercise) -> Iterator[Difference]:
    """All that a submission did not get as expected."""
    if graded.status != expected.status:
        yield Difference(
            field=("status",),
            text=f"the exercise is {graded.status} of it, and must be {expected.status}",
            said=graded.message,
        )
    found = {check.id: check for check in graded.checks}
    for name, status in expected.verdicts.items():
        check = found.get(name)
        if check is None:
            # Of an exercise that was not graded no check says anything, which the status tells.
            if graded.status == expected.status:
                yield Difference(field=("verdicts", name), text=f"`{name}` says nothing of it, and must be {status}")
        elif check.status != status:
            yield Difference(
                field=("verdicts", name),
                text=f"`{name}` is {check.status}, and must be {status}",
                said=check.in_words(MAX_TEXT),
            )
    for name in found.keys() - expected.verdicts.keys():
        yield Difference(field=("verdicts",), text=f"`{name}` is {found[name].status}, and no verdict is given for it")
    if expected.score is not None and not math.isclose(graded.score, expected.score, rel_tol=1e-6, abs_tol=1e-9):
        yield Difference(
            field=("score",),
            text=f"it gets {points(graded.score)} of {points(graded.max_score)} points, and must get "
            f"{points(expected.score)}",
        )
    said = "\n".join(text for check in graded.checks for text in (check.message, check.hint, check.remark) if text)
    if expected.says not in said:
        yield Difference(
            field=("says",),
            text=f"no check says “{shorten(expected.says, MAX_TEXT)}”",
            said="\n".join(
                f"{check.id}: {check.in_words(MAX_TEXT)}{f' Hint: {check.hint}' if check.hint else ''}"
                for check in graded.checks
                if check.status != "passed"
            ),
        )

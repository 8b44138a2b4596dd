"""The field ``known-by``: by what a function, or a module, of any name is known that is wrong for all inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from grader.judging.tried_calls import TriedCalls
from grader.language.expression import Expression


def known_by_field(what: str) -> Any:
    """The field in a kind of check that calls a function or a module."""
    return Field(
        default=(),
        alias="known-by",
        description=f"By what a {what} is known that has none of the listed names and is wrong for all inputs: an "
        "expression, or a list of them, which hold in every call, such as `shape(output) == shape(v)`. "
        "Left out: it counts only if it is right for some input.",
    )


def is_known(lines: Sequence[Expression], result: TriedCalls[Any]) -> bool:
    """Whether lines hold in every call of a function or module, and there are any of both."""
    return bool(lines and result.trials) and all(
        line.holds(trial.candidate.variables) for _, trial in result.trials for line in lines
    )

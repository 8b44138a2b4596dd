"""What the candidate that comes nearest to ``given`` lacks, in plain words: by what its lines look at, not by the lines
themselves, which may be the answer.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from grader.judging.checks.base import Check
from grader.judging.locations import location_of
from grader.language import expression
from grader.language.closeness import Tolerance
from grader.language.expression import Expression, Role
from grader.language.values import plain, show
from grader.model import Array, RunPlace, Submission
from grader.text import shorten

MAX_TRIED = 200
"""The latest candidates that are tried."""
MAX_TEXT = 60
"""Letters of a text of the submission that are shown."""
MAX_NAMED = 2
"""Things that are named of a condition."""


class Tried(NamedTuple):
    """A candidate that does not meet ``given``."""

    place: RunPlace
    variables: Mapping[str, Any]
    tolerance: Tolerance | None


def what_the_nearest_lacks(
    check: Check, candidates: Sequence[Tried], submission: Submission, *, of_one: bool = True
) -> str:
    """A sentence on the candidate that meets the most conditions of ``given``, the latest of several; empty where it
    meets none of several. Where there is only one condition, it is about the latest candidate; empty if not ``of_one``.
    """
    conditions = [condition for line in check.given for condition in _parts(line)]
    if len(conditions) == 1 and not of_one:
        return ""
    nearest, unmet = None, conditions
    for candidate in candidates[-MAX_TRIED:]:
        lacks = [line for line in conditions if not line.holds(candidate.variables, tolerance=candidate.tolerance)]
        if len(lacks) <= len(unmet):
            nearest, unmet = candidate, lacks
    if nearest is None or not unmet or 1 < len(conditions) == len(unmet):
        return ""
    where = location_of(nearest.place, submission)
    at = "" if where is None else f", {where.in_words()},"
    looked_at = _looked_at(check, unmet[0], nearest.variables)
    if len(conditions) == 1:
        of_latest = f" in the latest{at.removesuffix(',')}" if at else ""
        return f"Not as asked for{of_latest}: {looked_at}."
    met = f"{len(conditions) - len(unmet)} of {len(conditions)} conditions"
    return f"The nearest{at} meets {met}. Not as asked for there: {looked_at}."


def _parts(line: Expression) -> Iterator[Expression]:
    """The conditions that ``and`` joins."""
    match line.tree:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _parts(expression.parse(ast.unparse(value)))
        case _:
            yield line


def _looked_at(check: Check, line: Expression, variables: Mapping[str, Any]) -> str:
    """What a condition looks at: the left sides of its comparisons, by the descriptions of the variables."""
    tree = line.tree
    sides: list[ast.AST] = [node.left for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    names = dict.fromkeys(name for side in sides or [tree] for name in _names_in(side, line)) or dict.fromkeys(
        sorted(line.names)
    )
    said = [_described(check.VARIABLES.get(name), name) + _is_here(name, sides, variables) for name in names]
    return ", or ".join(said[:MAX_NAMED])


def _described(description: str | None, name: str) -> str:
    """The beginning of a variable's description, which says what it is without listing what it can be."""
    return f"`{name}`" if description is None else re.split(r"[;:]| \(|, such as", description)[0]


def _is_here(name: str, sides: Sequence[ast.AST], variables: Mapping[str, Any]) -> str:
    """What a variable is at the candidate, or the part of it that is looked at: its shape, of an array. It is the
    student's own, so it tells nothing of what is wanted.
    """
    found = variables.get(name)
    value = plain(found.value if isinstance(found, Role) else found)
    parts = {node.attr for side in sides for node in ast.walk(side) if isinstance(node, ast.Attribute)}
    if isinstance(value, Array) and (value.data is None or value.data.size != 1 or "shape" in parts):
        return f" (here of shape {value.shape})" if {"shape"} >= parts else ""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Array):
        return ""
    return f' (here "{shorten(value, MAX_TEXT)}")' if isinstance(value, str) else f" (here {show(value)})"


def _names_in(tree: ast.AST, line: Expression) -> Iterator[str]:
    return (node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in line.names)

"""The values of both sides of a line at a candidate, as text."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from grader.judging.comparison import compare
from grader.language import expression
from grader.language.closeness import Tolerance
from grader.language.expression import CONSTANTS, Expression, ExpressionError, Role
from grader.language.expression.evaluation import source_of
from grader.language.values import plain, show
from grader.model import Array, TracedValue
from grader.text import shorten

MAX_SIDES = 6
"""Values that are shown of one line."""
MAX_TEXT = 200
"""Characters of a value."""


def sides_of(line: Expression, variables: Mapping[str, Any], tolerance: Tolerance | None) -> tuple[TracedValue, ...]:
    """The sides of the comparisons in a line with their values, without numbers and texts that stand in the line."""
    found: dict[str, str] = {}
    for node in _sides(line.tree):
        text = source_of(node)
        if text not in found and len(found) < MAX_SIDES:
            found[text] = _value(text, variables, tolerance)
    return tuple(TracedValue(text=text, value=value) for text, value in found.items())


def how_they_differ(line: Expression, variables: Mapping[str, Any], tolerance: Tolerance | None) -> str:
    """In which way the sides of an equation differ, as a predicate; empty where the line is no equation."""
    match line.tree:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            values = [_evaluated(source_of(side), variables, tolerance) for side in (left, right)]
            if not any(isinstance(value, Array) and value.shape for value in values):
                return ""
            comparison = compare(values[0], values[1], tolerance=tolerance)
            return "" if comparison.equal or comparison.kind == "values" else comparison.message
    return ""


def shown(value: object) -> str:
    """A value as text; of a leaf in a role, its own value."""
    return shorten(as_written(value.value if isinstance(value, Role) else value), MAX_TEXT)


def as_written(value: object) -> str:
    """As ``show``, with texts in double quotes, as they stand in expressions."""
    value = plain(value)
    match value:
        case str():
            return f'"{value}"'
        case (str(), *_) if isinstance(value, tuple):
            return f"[{', '.join(map(as_written, value))}]"
    return show(value)


def unmet_parts(line: Expression, variables: Mapping[str, Any], tolerance: Tolerance | None) -> list[str]:
    """Those conditions that ``and`` joins in a line which do not hold; none where it joins nothing."""
    if not isinstance(line.tree, ast.BoolOp) or not isinstance(line.tree.op, ast.And):
        return []
    parts = [expression.parse(ast.unparse(part)) for part in line.tree.values]
    unmet = [part.text for part in parts if not part.holds(variables, tolerance=tolerance)]
    # Python writes texts in single quotes, and expressions have double ones.
    return [text if '"' in text else text.replace("'", '"') for text in unmet]


def _sides(tree: ast.AST) -> Iterator[ast.expr]:
    match tree:
        case ast.Compare(left=left, comparators=others):
            for side in (left, *others):
                yield from () if _is_written(side) else (side,)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _sides(value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _sides(operand)
        case ast.Call(args=arguments):
            for argument in arguments:
                yield from _sides(argument)
        case ast.expr() if not _is_written(tree):
            yield tree


def _is_written(tree: ast.expr) -> bool:
    """Whether it is the same for all candidates, so that the line itself shows it."""
    return all(node.id in CONSTANTS for node in ast.walk(tree) if isinstance(node, ast.Name)) and not any(
        isinstance(node, ast.Call) for node in ast.walk(tree)
    )


def _value(text: str, variables: Mapping[str, Any], tolerance: Tolerance | None) -> str:
    return shown(_evaluated(text, variables, tolerance))


def _evaluated(text: str, variables: Mapping[str, Any], tolerance: Tolerance | None) -> object:
    try:
        return expression.parse(text).evaluate(variables, tolerance=tolerance)
    except ExpressionError as error:  # a part that is no line by itself
        return expression.Undefined(str(error))

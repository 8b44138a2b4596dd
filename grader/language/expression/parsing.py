"""Parses expressions into syntax trees that contain the expression language only."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from grader.language.expression.checking import Checker, ExpressionError
from grader.language.expression.elements import path_of
from grader.language.expression.functions import CONSTANTS

LONGEST_TEXT = 2_000

_INSTEAD = {
    "²": "**2",
    "³": "**3",
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "==",
    "^": "**",
    "&&": "and",
    "||": "or",
}
"""Signs that the language does not have, with what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A checked syntax tree, with what ``Expression`` knows about it."""

    text: str
    tree: ast.expr
    names: frozenset[str]
    paths: frozenset[str]
    attributes: frozenset[tuple[str, str]]
    functions: frozenset[str]
    name: str | None
    part: tuple[str, str] | None
    equation: tuple[str, object] | None
    equations: tuple[tuple[ast.expr, ast.expr], ...]


def read(text: str) -> Parsed:
    """Parse and check a text. Raises ExpressionError."""
    source = text.translate({ord(space): " " for space in "\t\n\r"}).strip()
    if not source:
        raise ExpressionError(source, None, "nothing to compute")
    if len(source) > LONGEST_TEXT:
        raise ExpressionError(
            source, None, f"longer than {LONGEST_TEXT} characters; split it into a list of conditions"
        )
    if not source.isprintable():
        column = next(column for column, sign in enumerate(source, 1) if not sign.isprintable())
        raise ExpressionError(ascii(source), column, f"{source[column - 1]!a} is no sign that can be seen; delete it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        raise _syntax_error(source, error) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError(source, None, "this cannot be read as an expression") from None
    checker = Checker(source)
    checker.check(tree, depth=0)
    return Parsed(
        text=source,
        tree=tree,
        names=frozenset(checker.names),
        paths=frozenset(checker.paths),
        attributes=frozenset(checker.attributes),
        functions=frozenset(checker.functions),
        name=tree.id if isinstance(tree, ast.Name) and tree.id not in CONSTANTS else None,
        part=_part_of(tree),
        equation=_equation_of(tree),
        equations=tuple(_equations_in(tree)),
    )


def _part_of(tree: ast.expr) -> tuple[str, str] | None:
    of, attribute = (tree.value, tree.attr) if isinstance(tree, ast.Attribute) else (tree, "")
    path = path_of(of)
    return None if path is None or path in CONSTANTS else (path, attribute)


def _equation_of(tree: ast.expr) -> tuple[str, object] | None:
    match tree:
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()], comparators=[ast.Constant(value=constant)]):
            return name, constant
        case ast.Compare(left=ast.Constant(value=constant), ops=[ast.Eq()], comparators=[ast.Name(id=name)]):
            return name, constant
    return None


def _equations_in(tree: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The equations that must hold for the whole to hold: a variable, or a part of one, and what it is equal to."""
    match tree:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _equations_in(value)
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            for observed, wanted in ((left, right), (right, left)):
                if isinstance(observed, ast.Name | ast.Attribute | ast.Subscript):
                    yield observed, wanted


def _syntax_error(source: str, error: SyntaxError) -> ExpressionError:
    column = min(error.offset or len(source), len(source))
    for sign, instead in _INSTEAD.items():
        if sign in source and sign != "^":
            return ExpressionError(source, source.index(sign) + 1, f"`{sign}` is not known here; write `{instead}`")
    reason = error.msg
    if "==" in reason or source[column - 1 : column] == "=":
        reason = "`=` is not known here; a comparison is `==`"
    elif "never closed" in reason or "unmatched" in reason:
        reason += " (inside `{…}` a comma ends an entry in YAML: put an expression that holds one in quotes)"
    return ExpressionError(source, column, reason)

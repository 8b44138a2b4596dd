"""Finds lines of a check that no submission can meet, or that every submission meets, by what its variables can be:
``repeats >= 1``, ``source == "autogard"``, and ``passes == 2`` beside ``passes == 1``.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.judging.checks.base import Check
from grader.judging.variable_kinds import PARTS, Count, Flag, Numbers, VariableKind, Word
from grader.language.expression import ATTRIBUTES, Expression
from grader.language.expression.impossible import why_never
from grader.language.yaml_file import Loc
from grader.suggestions import did_you_mean_or_all

_NOT_CONSTANT = object()
_MIRRORED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}
_EXACT = 1e-3
"""Two numbers that differ by less, of their size, may both be met by one value, within tolerances."""


def find_idle_lines(check: Check) -> Iterator[tuple[Loc, str]]:
    """The place in a check, and a message, for every line that is met by no submission or by all."""
    for loc, line in check.expressions():
        for name in sorted(line.names & check.RUBRIC_ONLY):
            yield loc, f"`{name}` is for the `when` of a rubric: nothing that passes has it"
        if loc[0] in ("expect", "holds") and (handed := check.handed_in()) and line.names and line.names <= handed:
            read = {attribute for _, attribute in line.attributes if not ATTRIBUTES[attribute].of_arrays}
            is_wanted = any(line is wanted for _, wanted in check.expect)
            if not read and not is_wanted:
                yield loc, _of_what_is_handed_in(line)
        yield from ((loc, decided.text) for decided in decided_comparisons(line, check.VALUES))
    for observed, wanted in check.expect:
        loc, text = ("expect", observed.text), f"{observed.text}: {wanted.text}"
        if not observed.names and wanted.names and wanted.name not in check.WANTED_WORDS:
            turned = f"`{wanted.text}: {observed.text}`"
            yield loc, f"`{text}`: the left side is what is looked at, and it reads nothing of the submission: {turned}"
        elif wanted.name not in check.WANTED_WORDS:
            left, right = _tree(observed), _tree(wanted)
            decided = _decided(left, ast.Eq(), right, check.VALUES)
            if reason := why_never(left, ast.Eq(), right) or (decided.text if decided is not None else ""):
                yield loc, f"`{text}`: {reason}"
    yield from _contradictions(check)


def _of_what_is_handed_in(line: Expression) -> str:
    name = min(line.names)
    return (
        f"`{line.text}` reads only what the course hands in, so it is the same for everybody; ask what came of it, as "
        f"`{name}.after` or `{name}.gradient` for an argument, or the `output`"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedComparison:
    """A comparison that has the same outcome whatever was handed in."""

    text: str
    """What it is, and why it is decided."""
    holds: bool


def decided_comparisons(line: Expression, values: Mapping[str, VariableKind]) -> Iterator[DecidedComparison]:
    """Every comparison in a line that is decided by what its variables can be."""
    for node in ast.walk(_tree(line)):
        if isinstance(node, ast.Compare):
            sides = (node.left, *node.comparators)
            for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
                decided = _decided(left, operator, right, values)
                if decided is not None:
                    text = ast.unparse(ast.Compare(left, [operator], [right]))
                    yield replace(decided, text=f"`{text}`: {decided.text}")


def _tree(line: Expression) -> ast.expr:
    return line.tree


def _decided(
    left: ast.expr, operator: ast.cmpop, right: ast.expr, values: Mapping[str, VariableKind]
) -> DecidedComparison | None:
    """A comparison of a variable with a constant, if it is decided."""
    if isinstance(right, ast.Name | ast.Attribute) and not isinstance(left, ast.Name | ast.Attribute):
        left, right = right, left
        operator = _MIRRORED.get(type(operator), type(operator))()
    name = ast.unparse(left)
    kind = PARTS.get(left.attr) if isinstance(left, ast.Attribute) else values.get(name)
    if kind is None:
        return None
    constant = _constant(right)
    if constant is _NOT_CONSTANT:
        return None
    if isinstance(kind, Count) and _is_number(constant) and not isinstance(operator, ast.Eq | ast.NotEq):
        return _by_least(name, kind.least, operator, constant)
    why, advice = _why_not(name, kind, constant)
    if not why:
        return None
    holds = isinstance(operator, ast.NotEq)
    outcome = "holds for everything" if holds else "never holds"
    return DecidedComparison(text=f"{why}, so this {outcome}{advice}", holds=holds)


def _why_not(name: str, kind: VariableKind, constant: Any) -> tuple[str, str]:
    """Why a variable is never equal to a constant, nor greater or less, and what to write; empty if it may be."""
    match kind:
        case Count(least=least) if _is_number(constant):
            unlike = constant < least or constant != int(constant)
            return (f"`{name}` is a whole number, {least} or more", "") if unlike else ("", "")
        case Count() if isinstance(constant, str) or constant is None:
            return f"`{name}` is a whole number", ""
        case Flag() if constant not in (0, 1, None):
            return f"`{name}` is true or false", f"; write `{name}`, or `not {name}`"
        case Word(known=known) if isinstance(constant, str):
            if known and constant not in known:
                listed = {word for word in known if word}
                return f'`{name}` is never "{constant}"', did_you_mean_or_all(constant, listed)
        case Word() if constant is not None:
            return f"`{name}` is a text", ""
        case Numbers() if isinstance(constant, str):
            return f"`{name}` has numbers and no text", ""
    return "", ""


def _by_least(name: str, least: int, operator: ast.cmpop, bound: float) -> DecidedComparison | None:
    always = (isinstance(operator, ast.Gt) and bound < least) or (isinstance(operator, ast.GtE) and bound <= least)
    never = (isinstance(operator, ast.Lt) and bound <= least) or (isinstance(operator, ast.LtE) and bound < least)
    if not always and not never:
        return None
    outcome = "holds for everything" if always else "never holds"
    return DecidedComparison(text=f"`{name}` is {least} or more, so this {outcome}", holds=always)


def _is_number(constant: Any) -> bool:
    return isinstance(constant, int | float) and not isinstance(constant, bool)


def _constant(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return _NOT_CONSTANT


# --------------------------------------------------------------------------------------------------------------------
# Lines that cannot hold together
# --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Demand:
    """What a line asks of a value."""

    loc: Loc
    text: str
    of: str
    """The source of the value: `passes`, `size(gradient)`."""
    operator: type[ast.cmpop]
    constant: Any


def _contradictions(check: Check) -> Iterator[tuple[Loc, str]]:
    """Pairs of demands of one value that none meets: all lines of ``given``, ``expect`` and ``holds`` have to hold."""
    exact = max(_EXACT, check.tolerance or 0)
    seen: list[_Demand] = []
    for demand in _demands(check):
        other = next((one for one in seen if one.of == demand.of and _exclude(one, demand, exact)), None)
        if other is not None:
            where = "" if other.loc == demand.loc else f" of `{other.loc[0]}`"
            yield demand.loc, f"`{demand.text}` never holds together with `{other.text}`{where}"
        seen.append(demand)


def _demands(check: Check) -> Iterator[_Demand]:
    for index, line in enumerate(check.given):
        yield from _in_line(("given", index), _tree(line))
    for observed, wanted in check.expect:
        constant = _constant(_tree(wanted))
        if constant is not _NOT_CONSTANT and observed.names:
            loc, text = ("expect", observed.text), f"{observed.text}: {wanted.text}"
            of = ast.unparse(_tree(observed))
            yield _Demand(loc=loc, text=text, of=of, operator=ast.Eq, constant=constant)
    for index, line in enumerate(check.holds):
        yield from _in_line(("holds", index), _tree(line))


def _in_line(loc: Loc, node: ast.expr) -> Iterator[_Demand]:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _in_line(loc, value)
        case ast.Compare(left=left, ops=operators, comparators=others):
            sides: Sequence[ast.expr] = (left, *others)
            for one, operator, other in zip(sides, operators, sides[1:], strict=False):
                yield from _of_comparison(loc, one, type(operator), other)
        case ast.Name(id=name):
            yield _Demand(loc=loc, text=name, of=name, operator=ast.Eq, constant=True)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)):
            yield _Demand(loc=loc, text=f"not {name}", of=name, operator=ast.Eq, constant=False)


def _of_comparison(loc: Loc, left: ast.expr, operator: type[ast.cmpop], right: ast.expr) -> Iterator[_Demand]:
    text = ast.unparse(ast.Compare(left, [operator()], [right]))
    for one, other, turned in ((left, right, operator), (right, left, _MIRRORED.get(operator, operator))):
        constant = _constant(other)
        if constant is not _NOT_CONSTANT and _constant(one) is _NOT_CONSTANT:
            yield _Demand(loc=loc, text=text, of=ast.unparse(one), operator=turned, constant=constant)


def _exclude(one: _Demand, other: _Demand, exact: float) -> bool:
    """Whether no value meets both demands."""
    a, b = one.constant, other.constant
    if ast.NotEq in (one.operator, other.operator):
        # `x != 2` is met by a tensor of which one element is something else, so only texts and flags are certain.
        simple = isinstance(a, str | bool) and isinstance(b, str | bool)
        return simple and {one.operator, other.operator} == {ast.Eq, ast.NotEq} and a == b
    numbers = [_is_number(value) for value in (a, b)]
    if one.operator is ast.Eq and other.operator is ast.Eq:
        if all(numbers):
            return not math.isclose(a, b, rel_tol=exact, abs_tol=exact)
        return type(a) is type(b) and isinstance(a, str | bool | tuple) and bool(a != b)
    if not all(numbers):
        return False
    bounds = ((a, one.operator), (b, other.operator))
    lows = [bound for bound in bounds if bound[1] in _LOWER]
    highs = [bound for bound in bounds if bound[1] in _UPPER]
    if not lows or not highs:
        return False
    (low, above), (high, below) = max(lows, key=lambda bound: bound[0]), min(highs, key=lambda bound: bound[0])
    return low > high + exact * abs(high) or (low == high and (above is ast.Gt or below is ast.Lt))


_LOWER = frozenset({ast.Gt, ast.GtE, ast.Eq})
_UPPER = frozenset({ast.Lt, ast.LtE, ast.Eq})

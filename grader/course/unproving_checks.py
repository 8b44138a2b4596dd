"""Finds checks that prove nothing: lines that are the same for every submission, checks that zeros or a constant meet,
and functions that are called with zeros only or with ones only.

The lines of a check are evaluated on made-up candidates, by the evaluator that judges submissions: a leaf, values or
curves of zeros, a result that does not depend on the leaf, and a gradient that has nothing to do with it.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.course.always_met import find_always_met
from grader.course.idle_lines import find_idle_lines
from grader.judging.checks.backward import BackwardCheck
from grader.judging.checks.base import Check
from grader.judging.checks.function import FunctionCheck
from grader.judging.checks.plot import PlotCheck
from grader.judging.checks.value import ValueCheck
from grader.judging.checks.yaml_lines import REFERENCE
from grader.judging.functions.argument_entries import TensorEntry
from grader.judging.functions.drawn_values import Value
from grader.judging.trials import would_pass
from grader.language.expression import Expression, Role
from grader.language.expression.elements import path_of
from grader.language.yaml_file import Loc
from grader.model import Array

_SHAPES: tuple[tuple[int, ...], ...] = ((), (3,))
_OTHER = 3.71
"""A constant that no formula gives by accident."""
_GRADIENTS = frozenset({"gradient", "grad"})

Named = tuple[str, Mapping[str, Any]]
"""What a candidate is, in words, and its variables."""


def find_unproving_checks(checks: Mapping[int, Check]) -> Iterator[tuple[Loc, str]]:
    """The place, in the list of checks, and a message for every check that proves nothing. ``checks``: by their places,
    without those that have other mistakes.
    """
    for index, check in checks.items():
        found: dict[tuple[Loc, str], None] = {}
        for number, way in enumerate(check.ways()):
            found |= {(check.place_in_way(number, loc), text): None for loc, text in _why_unproving(way)}
        yield from (((index, *loc), text) for loc, text in found)


def _why_unproving(check: Check) -> Iterator[tuple[Loc, str]]:
    decided = [*_decided_lines(check), *find_idle_lines(check)]
    yield from decided
    said = {loc for loc, _ in decided}
    always = [(loc, text) for loc, text in find_always_met(check) if loc not in said]
    yield from always
    decided += always
    line = None if decided else _claim(check)
    if line is None or _has_an_equation(check):
        return
    loc, text = line
    for what, variables in _made_up(check):
        if would_pass(check, variables):
            yield loc, f"`{text}` proves nothing: {what} passes this check. {_ADVICE}"
            break


def _decided_lines(check: Check) -> Iterator[tuple[Loc, str]]:
    """What does not depend on the submission: lines that read nothing of it, or that compare something with itself, and
    formulas at inputs where most formulas are equal.
    """
    for observed, wanted in check.expect:
        loc: Loc = ("expect", observed.text)
        text = f"{observed.text}: {wanted.text}"
        if _same(observed.text, wanted.text):
            yield loc, f"`{text}` proves nothing: it compares something with itself. Compare with what should come out"
        elif not observed.names and not wanted.names:
            yield loc, f"`{text}` proves nothing: it reads nothing of the submission. Name what should be looked at"
    for loc, line in check.expressions():
        if loc[0] == "expect":
            continue
        tree = line.tree
        if not line.names:
            yield (
                loc,
                f"`{line.text}` proves nothing: it reads nothing of the submission. Name what should be looked at",
            )
        elif _is_equal_to_itself(tree):
            text = f"`{line.text}` proves nothing: both sides are the same. Compare with what should come out"
            yield loc, text
    if not isinstance(check, FunctionCheck):
        return
    if not check.given and not check.expect and not check.holds:
        yield (), "every function that raises nothing passes; say what it has to return, in `expect` or `holds`"
    if not _has_a_formula(check):
        return
    number = _only_input(check)
    if number is not None:
        yield (
            ("arguments" if check.arguments else "inputs",),
            f"a function that is called with nothing but {number:g} proves nothing: many functions are equal there, "
            "such as `x ** 2` and `x ** 3`. Add other inputs, for example `{normal: [3]}`",
        )


def _is_equal_to_itself(tree: ast.expr) -> bool:
    match tree:
        case ast.Call(func=ast.Name(id="all"), args=[only]):
            return _is_equal_to_itself(only)
        case ast.Compare(left=left, ops=operators, comparators=[*others]):
            sides = {_in_one_order(side) for side in (left, *others)}
            return all(isinstance(operator, ast.Eq | ast.LtE | ast.GtE) for operator in operators) and len(sides) == 1
    return False


def _same(one: str, other: str) -> bool:
    return len({_in_one_order(ast.parse(text, mode="eval").body) for text in (one, other)}) == 1


def _in_one_order(node: ast.expr) -> str:
    """A formula as text in which the order of summands and of factors does not matter."""
    match node:
        case ast.BinOp(left=left, op=(ast.Add() | ast.Mult()) as operator, right=right):
            sides = sorted((_in_one_order(left), _in_one_order(right)))
            return f"({f' {type(operator).__name__} '.join(sides)})"
        case ast.BinOp(left=left, op=operator, right=right):
            return f"({_in_one_order(left)} {type(operator).__name__} {_in_one_order(right)})"
    return ast.unparse(node)


def _has_a_formula(check: FunctionCheck) -> bool:
    """Whether the check compares what a function returns, or its gradient, with a formula or with the reference."""
    pairs = [_values_in(observed) | _values_in(wanted) for observed, wanted in check.expect]
    pairs += [_values_in(line) for line in check.holds]
    given = {"input", REFERENCE, *(name for arguments in check.arguments for name in arguments)}
    return any(names & given and {name.rpartition(".")[2] for name in names} & _RETURNED for names in pairs)


_RETURNED = frozenset({"output", "gradient", "weighed_gradient", "second"})


def _only_input(check: FunctionCheck) -> float | None:
    """0 or 1 where all inputs of a function are made of that number alone; otherwise None."""
    tensors: list[object] = list(check.inputs)
    for arguments in check.arguments:
        parts = (part for entry in arguments.values() for _, part in entry.parts())
        tensors += [part for part in parts if isinstance(part, TensorEntry)]
    values = [entry.value for entry in tensors if isinstance(entry, Value)]
    if len(values) < len(tensors):
        return None
    numbers = {float(number) for value in values for number in np.ravel(np.asarray(value, dtype=np.float64))}
    return numbers.pop() if numbers in ({0.0}, {1.0}) else None


_ADVICE = (
    "Compare with a formula by `==` or in `expect`, where zeros on both sides do not count, or add a line that this "
    "does not meet, such as `any(gradient != 0)`"
)


def _claim(check: Check) -> tuple[Loc, str] | None:
    """The first line of ``expect`` or ``holds`` that relates values to each other; None if the check has none.

    Lines about attributes, sizes and counts say how something was done, which zeros may show as well.
    """
    for observed, wanted in check.expect:
        if _relates(check, _values_in(observed) | _values_in(wanted)):
            return ("expect", observed.text), f"{observed.text}: {wanted.text}"
    for index, line in enumerate(check.holds):
        if _relates(check, _values_in(line)):
            return ("holds", index), line.text
    return None


def _has_an_equation(check: Check) -> bool:
    """Whether the check has an equation of two formulas without common variables. Zeros on both sides do not meet it,
    as the evaluator sees to, so nothing has to be tried.
    """
    sides = [(observed.text, wanted.text) for observed, wanted in check.expect]
    for line in check.holds:
        match line.tree:
            case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
                sides.append((ast.unparse(left), ast.unparse(right)))
    names = ([set(_read(ast.parse(side, mode="eval").body)) for side in pair] for pair in sides)
    return any(_relates(check, left | right) and left and right and not left & right for left, right in names)


def _relates(check: Check, values: set[str]) -> bool:
    match check:
        case BackwardCheck():
            leaves = {"leaf", "output", *check.leaves}
            gradients = {name for name in values if name.rpartition(".")[2] in _GRADIENTS}
            return bool(gradients & {"gradient", *(f"{role}.gradient" for role in check.leaves)} and values & leaves)
        case ValueCheck():
            return len(values & check.names.keys()) > 1
        case PlotCheck():
            return {"x", "y"} <= values
    return False


def _values_in(line: Expression) -> set[str]:
    """The variables whose values a line reads: not only their attributes, shapes and sizes."""
    return set(_read(line.tree))


def _read(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(value=of, attr="T" | "mT"):
            yield from _read(of)
        case ast.Attribute(value=of, attr=attribute):
            path = path_of(of)
            if attribute in _GRADIENTS and path is not None:
                yield f"{path}.{attribute}"
        case ast.Call(func=ast.Name(id=name), args=arguments):
            for argument in () if name in {"shape", "size"} else arguments:
                yield from _read(argument)
        case ast.Name(id=name):
            yield name
        case _:
            for part in ast.iter_child_nodes(node):
                yield from _read(part)


# --------------------------------------------------------------------------------------------------------------------
# Made-up candidates
# --------------------------------------------------------------------------------------------------------------------


def _made_up(check: Check) -> Iterator[Named]:
    match check:
        case BackwardCheck():
            yield from _passes(check)
        case ValueCheck():
            for shape, value in itertools.product(_SHAPES, (0.0, _OTHER)):
                what = "a constant" if value else "a tensor of zeros"
                numbers = {name: value * (1 + number) for number, name in enumerate(check.names)}
                yield f"{what} for each name", {name: _array(np.full(shape, each)) for name, each in numbers.items()}
        case PlotCheck():
            x = np.linspace(-4, 4, 100)
            for height in (0.0, _OTHER):
                yield f"a flat curve at {height:g}", _curve(x, np.full_like(x, height))


def _passes(check: BackwardCheck) -> Iterator[Named]:
    for shape, several in itertools.product(_SHAPES, (False, True)):
        zeros = np.zeros(shape)
        numbers = 0.37 + 1.13 * np.arange(zeros.size, dtype=np.float64).reshape(shape) ** 1.5
        others = 2.9 + 0.7 * numbers**2
        for output in (0.0, 1500.0):
            yield "a result that does not depend on the leaf", _pass(check, numbers, zeros, output, several)
            yield "a leaf of zeros, with a gradient of zeros,", _pass(check, zeros, zeros, output, several)
        yield "a leaf of zeros, with any gradient,", _pass(check, zeros, others, 1500.0, several)
        if any(observed.reads("gradient") for observed, _ in check.expect):
            yield "any gradient whatsoever", _pass(check, numbers, others, 5.3, several)


def _pass(
    check: BackwardCheck, leaf: npt.NDArray[Any], gradient: npt.NDArray[Any], output: float, several: bool
) -> dict[str, Any]:
    """The variables of a pass. ``several``: the second over one graph, with 64 bits, after the first was cleared."""
    dtype = "float64" if several else "float32"
    results = np.full(leaf.shape, output)
    weights = np.ones(leaf.shape)
    curvature = np.zeros(leaf.shape)
    variables: dict[str, Any] = {
        "leaf": _array(leaf, dtype),
        "gradient": _array(gradient, dtype),
        "curvature": _array(curvature, dtype),
        "grad": _array(gradient, dtype),
        "grad_before": _array(np.zeros(leaf.shape), dtype) if several else None,
        "passes": 1 + several,
        "was_zeroed": several,
        "cleared": 2 * several,
        "repeats": 1 + several,
        "refusals": int(several),
        "trained": False,
        "root": _array(results.sum(), dtype),
        "output": _array(results, dtype),
        "weights": _array(weights, dtype),
        "mode": "reverse",
        "tangent": None,
        "jvp": None,
        "order": 1,
        "retain_graph": True,
        "create_graph": True,
        "operations": (),
        "functions": 1,
        "branches": 2,
    }
    role = Role(
        value=variables["leaf"],
        gradient=variables["gradient"],
        grad=variables["grad"],
        curvature=variables["curvature"],
    )
    return variables | dict.fromkeys(check.leaves, role) | dict.fromkeys(check.names, variables["leaf"])


def _curve(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> dict[str, Any]:
    return {
        "x": _array(x, "float64"),
        "y": _array(y, "float64"),
        "points": x.size,
        "span": float(x.max() - x.min()),
        "source": "autograd",
        "label": "",
        "single": True,
        "is_gradient": True,
        "differentiated": True,
        "slope_of": 1,
    }


def _array(data: Any, dtype: str = "float32") -> Array:
    values = np.asarray(data, dtype=dtype)
    return Array(kind="tensor", dtype=dtype, shape=values.shape, data=values, requires_grad=True)

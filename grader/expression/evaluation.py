"""What an expression means over observed values.

Numbers are computed in float64 and remember the coarsest dtype that went in, which decides how close is equal.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.comparison import (
    Mask,
    Numbers,
    Tolerance,
    Undefined,
    close,
    coarser,
    floats,
    numbers,
    plain,
    tolerance_for,
    widened,
)
from grader.model import Array

MAX_ELEMENTS = 10_000_000
"""Of one intermediate result, 80 MB."""

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
ORDER: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
ELEMENTWISE: dict[str, Callable[[Any], Any]] = {
    "abs": np.abs,
    "cos": np.cos,
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "sqrt": np.sqrt,
}
REDUCTIONS: dict[str, Callable[[Any], Any]] = {
    "max": np.max,
    "mean": np.mean,
    "min": np.min,
    "norm": lambda data: np.linalg.norm(data.ravel()),
    "sum": np.sum,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A name that stands for a leaf of a backward pass: ``x`` is its value, ``x.gradient`` what this pass computed,
    ``x.grad`` its ``.grad`` afterwards."""

    value: Array | None
    gradient: Array | None
    grad: Array | None


def evaluate(tree: ast.expr, scope: Mapping[str, object], tolerance: Tolerance | None) -> object:
    """The value of a tree that ``parsing`` let through. Never raises: what cannot be computed is Undefined."""
    with np.errstate(all="ignore"):
        return _Evaluation(scope, tolerance).value(tree, each=False)


class _Evaluation:
    """One walk over a tree. ``each``: comparisons are taken element by element, since ``any`` or the like is around."""

    def __init__(self, scope: Mapping[str, object], tolerance: Tolerance | None) -> None:
        self._scope = scope
        self._tolerance = tolerance

    def value(self, node: ast.expr, *, each: bool) -> object:
        match node:
            case ast.Constant(value=constant):
                return constant
            case ast.List():
                literal = np.asarray(ast.literal_eval(node))
                return _array(literal, "int64" if literal.dtype.kind == "i" else "float64")
            case ast.Tuple():
                return ast.literal_eval(node)
            case ast.Name(id=name):
                value = self._scope.get(name, Undefined(f"`{name}` was not observed"))
                return value.value if isinstance(value, Role) else plain(value)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(name, arguments, each)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return _negation(self.value(operand, each=each), each)
            case ast.UnaryOp(op=op, operand=operand):
                sign = np.negative if isinstance(op, ast.USub) else np.positive
                return _compute(lambda data: sign(floats(data)), self.value(operand, each=each))
            case ast.BinOp(op=op, left=left, right=right):
                return _arithmetic(op, self.value(left, each=each), self.value(right, each=each))
            case ast.BoolOp(op=op, values=values):
                return self._logic(isinstance(op, ast.And), values, each)
            case ast.Compare(left=left, ops=ops, comparators=comparators):
                return self._comparisons(left, ops, comparators, each)
        raise AssertionError(f"parse let {type(node).__name__} through")

    def _attribute(self, node: ast.Attribute) -> object:
        if isinstance(node.value, ast.Name):
            value = self._scope.get(node.value.id, Undefined(f"`{node.value.id}` was not observed"))
        else:
            value = self.value(node.value, each=False)
        if isinstance(value, Role):
            if node.attr in {"grad", "gradient"}:
                return value.gradient if node.attr == "gradient" else value.grad
            value = value.value
        if isinstance(value, Array) and node.attr != "gradient":
            return getattr(value, node.attr)
        if isinstance(value, Undefined):
            return value
        return Undefined(f"`{ast.unparse(node.value)}` has no `.{node.attr}` here")

    def _logic(self, is_and: bool, nodes: list[ast.expr], each: bool) -> object:
        if each:
            result: object = self.value(nodes[0], each=True)
            for node in nodes[1:]:
                result = _compute(_both if is_and else _either, result, self.value(node, each=True))
            return result
        decide = all if is_and else any
        return decide(truth(self.value(node, each=False)) is True for node in nodes)

    def _comparisons(self, left: ast.expr, ops: list[ast.cmpop], comparators: list[ast.expr], each: bool) -> object:
        result: object = True
        before = self.value(left, each=each)
        for op, node in zip(ops, comparators, strict=True):
            after = self.value(node, each=each)
            outcome = self._compare(op, before, after, each)
            if not each and outcome is not True:
                return False
            result = outcome if result is True else _compute(_both, result, outcome)
            before = after
        return result

    def _compare(self, op: ast.cmpop, left: object, right: object, each: bool) -> object:
        """True or False; where ``each``, an array of bool for arrays, and Undefined for what cannot be compared."""
        for side in (left, right):
            if isinstance(side, Undefined):
                return side if each else False
        ours, theirs = numbers(left), numbers(right)
        if isinstance(ours, Undefined) or isinstance(theirs, Undefined):
            same = _is_same(left, right)
            if (
                isinstance(same, Undefined)
                or not isinstance(op, ast.Eq | ast.NotEq)
                or (each and (left is None or right is None))
            ):
                return Undefined("there are no elements to compare") if each else False
            return same is isinstance(op, ast.Eq)
        (a, a_dtype), (b, b_dtype) = ours, theirs
        if a.shape != b.shape and 1 not in (a.size, b.size):
            return Undefined(f"shapes {a.shape} and {b.shape} differ") if each else isinstance(op, ast.NotEq)
        known = ~(np.isnan(a) | np.isnan(b))
        if isinstance(op, ast.Eq | ast.NotEq):
            agree = close(a, b, self._tolerance or tolerance_for((a_dtype, b_dtype)))
            if not each and isinstance(op, ast.NotEq):
                return bool(known.all() and not agree.all())
            mask = agree if isinstance(op, ast.Eq) else ~agree & known
        elif "c" in (a.dtype.kind, b.dtype.kind):
            return Undefined("complex numbers have no order") if each else False
        else:
            mask = np.asarray(ORDER[type(op)](a, b))
        if each:
            return _array(mask, "bool")
        # Of nothing at all nothing can be said, except that two empty arrays of one shape are equal.
        return bool(mask.all()) and (mask.size > 0 or (isinstance(op, ast.Eq) and a.shape == b.shape))

    def _call(self, name: str, arguments: list[ast.expr], each: bool) -> object:
        inner = each or name in {"all", "any", "where"}
        values = [self.value(argument, each=inner) for argument in arguments]
        for value in values:
            if isinstance(value, Undefined):
                return value
        value = values[0]
        if name == "passed":
            passed = self._scope.get("passed")
            return bool(passed(value)) if callable(passed) else Undefined("`passed` is known in rubrics only")
        if name == "where":
            return _compute(lambda mask, a, b: np.where(_is_true(mask), a, b), *values)
        if name in {"shape", "size"}:
            shape = value.shape if isinstance(value, Array) else () if isinstance(value, bool | int | float) else None
            if shape is None:
                return Undefined(f"`{ast.unparse(arguments[0])}` has no {name}")
            return shape if name == "shape" else int(np.prod(shape, dtype=np.int64))
        if name in ELEMENTWISE:
            return _compute(lambda data: ELEMENTWISE[name](floats(data)), value, exact=name == "abs")
        if name in REDUCTIONS:
            return _compute(REDUCTIONS[name], value, exact=name in {"max", "min", "sum"})
        number = numbers(value)
        if isinstance(number, Undefined):
            return number
        data, dtype = number
        if name == "finite":
            return _array(np.isfinite(data), "bool") if each else bool(np.isfinite(data).all())
        if name == "all_equal":
            first = data.ravel()[:1]
            return bool(data.size and close(data.ravel(), first, self._tolerance or tolerance_for((dtype,))).all())
        truths = _is_true(data)
        return bool(truths.any()) if name == "any" else bool(truths.size and truths.all())


def _compute(function: Callable[..., Any], *values: object, exact: bool = True) -> Array | Undefined:
    """``function`` of numbers, in float64. Not ``exact``: of integers it gives what has to be rounded."""
    operands: list[Numbers] = []
    dtypes: list[str] = [] if exact else ["float64"]
    for value in values:
        number = numbers(value)
        if isinstance(number, Undefined):
            return number
        operands.append(number[0])
        dtypes.append(number[1])
    try:
        # Broadcast beforehand: numpy would allocate the result before its size is known.
        size = np.prod(np.broadcast_shapes(*(data.shape for data in operands)), dtype=np.float64)
        if size > MAX_ELEMENTS:
            return Undefined(f"the result would have more than {MAX_ELEMENTS} elements")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # the mean of nothing is NaN, and no more need be said
            result = np.asarray(function(*operands))
    except (ArithmeticError, ValueError, TypeError, MemoryError):
        return Undefined(f"shapes {' and '.join(str(data.shape) for data in operands)} do not go together")
    dtype = "bool" if result.dtype.kind == "b" else coarser(dtype for dtype in dtypes if dtype != "bool")
    return _array(result, dtype)


def _arithmetic(op: ast.operator, left: object, right: object) -> Array | Undefined:
    function = OPERATORS[type(op)]
    return _compute(
        lambda a, b: function(floats(a), floats(b)), left, right, exact=not isinstance(op, ast.Div | ast.Pow)
    )


def _array(data: Any, dtype: str) -> Array:
    wide = widened(np.asarray(data)).view()
    wide.flags.writeable = False
    return Array(kind="ndarray" if wide.ndim else "number", dtype=dtype, shape=wide.shape, data=wide)


def _negation(value: object, each: bool) -> object:
    if each and isinstance(value, Array):
        return _compute(lambda data: data == 0, value)
    known = truth(value)
    return known if isinstance(known, Undefined) else not known


def truth(value: object) -> bool | Undefined:
    """Whether a value counts as true; an array where no element is zero or NaN."""
    if isinstance(value, str | tuple):
        return bool(value)
    number = numbers(value)
    if isinstance(number, Undefined):
        return False if value is None else number
    data, _ = number
    return bool(data.size and _is_true(data).all())


def _is_true(data: Numbers) -> Mask:
    """Where a number counts as true: not at zero, and not at NaN, which must never pass by accident."""
    return np.asarray((data != 0) & ~np.isnan(data))


def _both(left: Numbers, right: Numbers) -> Mask:
    return _is_true(left) & _is_true(right)


def _either(left: Numbers, right: Numbers) -> Mask:
    return _is_true(left) | _is_true(right)


def _is_same(left: object, right: object) -> bool | Undefined:
    """Equality where one side or both are no number: of None, texts and shapes; of other things nothing is known."""
    if left is None or right is None:
        return left is right
    if isinstance(left, str | tuple) or isinstance(right, str | tuple):
        return type(left) is type(right) and left == right
    return Undefined("values of this kind cannot be compared")

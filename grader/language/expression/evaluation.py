"""Evaluates syntax trees over observed values.

Numbers are computed in float64. A result keeps the coarsest dtype of its operands, which decides the tolerance.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from typing import Any, Protocol

import numpy as np

from grader.language.closeness import Tolerance, close, coarser, tolerance_for
from grader.language.expression.nearby import Nearby
from grader.language.values import Mask, Numbers, Undefined, Unrecorded, floats, numbers, plain, widened
from grader.model import Array, Value

MAX_ELEMENTS = 10_000_000
"""Elements of an intermediate result: 80 MB."""
MAX_OUTER = 100_000
"""Elements of an intermediate result that is much larger than its operands, such as a column times a row."""
MAX_GROWTH = 4
"""A result is much larger than its operands if it has more than this many times their elements."""

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
    "mean": lambda data: np.sum(data) / np.float64(data.size),  # np.mean warns about empty arrays
    "min": np.min,
    "norm": lambda data: np.linalg.norm(data.ravel()),
    "sum": np.sum,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """The value of a variable that stands for a leaf of a backward pass, or for an argument of a call.

    ``x`` is its value, ``x.gradient`` the gradient of this pass or call, ``x.grad`` its ``.grad`` afterwards.
    ``parts`` has what else can be asked of it, by the attribute: ``x.second``, ``x.after``.
    """

    value: Value | None
    gradient: Array | None = None
    grad: Array | None = None
    parts: Mapping[str, object] = field(default_factory=dict)
    items: Mapping[int | str, Role] = field(default_factory=dict)
    """Of a list, dictionary or module: the roles of what is in it."""
    curvature: Array | None = None
    """How its gradient changes where all its elements grow alike; None: not known. No expression reads it."""


Variables = Mapping[str, object]


# A protocol, since pydantic would add a schema for a Callable to the JSON Schema of exercises.
class Node(Protocol):
    """Evaluates a node of the tree. ``tolerance`` None: by the dtypes involved."""

    def __call__(self, variables: Variables, tolerance: Tolerance | None, /) -> object: ...


def compiled(tree: ast.expr) -> Node:
    """A function that evaluates a tree from ``parsing``. It never raises: what cannot be computed is Undefined.

    The tree is walked only once, since an expression is evaluated for many candidates of many submissions.
    """
    value = _compiled(tree, elementwise=False)

    def evaluate(variables: Variables, tolerance: Tolerance | None) -> object:
        with np.errstate(all="ignore"):
            return value(variables, tolerance)

    return evaluate


def _compiled(node: ast.expr, *, elementwise: bool) -> Node:
    """``elementwise``: the node is inside of ``any``, ``all`` or ``where``, so comparisons are elementwise."""
    part = partial(_compiled, elementwise=elementwise)
    match node:
        case ast.Constant(value=constant):
            return lambda variables, tolerance: constant
        case ast.List():
            literal = np.asarray(ast.literal_eval(node))
            array = _array(literal, "int64" if literal.dtype.kind == "i" else "float64")
            return lambda variables, tolerance: array
        case ast.Tuple():
            shape = ast.literal_eval(node)
            return lambda variables, tolerance: shape
        case ast.Name(id=name):
            return partial(_variable, name)
        case ast.Attribute(value=ast.Name(id=name) as of, attr=attribute):
            return partial(_attribute, partial(_observed, name), attribute, ast.unparse(of))
        case ast.Attribute(value=of, attr=attribute):
            return partial(_attribute, _compiled(of, elementwise=False), attribute, ast.unparse(of))
        case ast.Call(func=ast.Name(id="passed"), args=[ast.Constant(value=str(check))]):
            return partial(_passed, check)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            inner = elementwise or name in {"all", "any", "where"}
            parts = [_compiled(argument, elementwise=inner) for argument in arguments]
            return partial(_call, name, parts, elementwise, ast.unparse(arguments[0]))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return partial(_negation, part(operand), elementwise)
        case ast.UnaryOp(op=sign, operand=operand):
            return partial(_signed, np.negative if isinstance(sign, ast.USub) else np.positive, part(operand))
        case ast.BinOp(op=operator, left=left, right=right):
            exact = not isinstance(operator, ast.Div | ast.Pow)
            return partial(_arithmetic, OPERATORS[type(operator)], part(left), part(right), exact)
        case ast.BoolOp(op=operator, values=values):
            is_and = isinstance(operator, ast.And)
            return partial(_elementwise_logic if elementwise else _logic, is_and, [part(value) for value in values])
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            pairs = [(type(op), part(value)) for op, value in zip(ops, comparators, strict=True)]
            # An equation with a constant says what it says: `gradient == 0`.
            sides = zip((left, *comparators), comparators, strict=False)
            are_formulas = [not elementwise and all(map(_reads_variables, pair)) for pair in sides]
            return partial(_comparisons, part(left), pairs, are_formulas, elementwise)
    raise AssertionError(f"parse let {type(node).__name__} through")


def _reads_variables(node: ast.AST) -> bool:
    match node:
        case ast.Name():
            return True
        case ast.Call(args=arguments):
            return any(map(_reads_variables, arguments))
    return any(map(_reads_variables, ast.iter_child_nodes(node)))


def _observed(name: str, variables: Variables, tolerance: Tolerance | None) -> object:
    return variables[name] if name in variables else Undefined(f"`{name}` was not observed")


def _variable(name: str, variables: Variables, tolerance: Tolerance | None) -> object:
    value = _observed(name, variables, tolerance)
    return value.value if isinstance(value, Role) else plain(value)


def _attribute(of: Node, attribute: str, text: str, variables: Variables, tolerance: Tolerance | None) -> object:
    """``text`` is the source of what has the attribute."""
    value = of(variables, tolerance)
    if isinstance(value, Role):
        if attribute in {"grad", "gradient"}:
            return value.gradient if attribute == "gradient" else value.grad
        if attribute in value.parts:
            return value.parts[attribute]
        value = value.value
    if isinstance(value, Array) and attribute != "gradient":
        return getattr(value, attribute)
    if isinstance(value, Undefined):
        return value
    return Undefined(f"`{text}` has no `.{attribute}` here")


def _logic(is_and: bool, parts: Sequence[Node], variables: Variables, tolerance: Tolerance | None) -> object:
    unrecorded: Unrecorded | None = None
    for part in parts:
        known = truth(part(variables, tolerance))
        if isinstance(known, Unrecorded):
            unrecorded = known
        elif (known is True) is not is_and:
            return not is_and
    return is_and if unrecorded is None else unrecorded


def _elementwise_logic(
    is_and: bool, parts: Sequence[Node], variables: Variables, tolerance: Tolerance | None
) -> object:
    join = partial(_compute, _both if is_and else _either)
    return reduce(join, (part(variables, tolerance) for part in parts))


def _comparisons(
    left: Node,
    pairs: Sequence[tuple[type[ast.cmpop], Node]],
    are_formulas: Sequence[bool],
    elementwise: bool,
    variables: Variables,
    tolerance: Tolerance | None,
) -> object:
    result: object = True
    before, before_part = left(variables, tolerance), left
    for (op, part), is_formula in zip(pairs, are_formulas, strict=True):
        after = part(variables, tolerance)
        outcome = _compare(op, before, after, elementwise, tolerance)
        if outcome is True and op is ast.Eq and is_formula and isinstance(variables, Nearby):
            outcome = not variables.is_coincidence(before_part, part, tolerance)
        if not elementwise and outcome is not True and not isinstance(outcome, Unrecorded):
            return False
        result = outcome if result is True else _compute(_both, result, outcome)
        before, before_part = after, part
    return result


def _compare(
    op: type[ast.cmpop], left: object, right: object, elementwise: bool, tolerance: Tolerance | None
) -> object:
    """True or False. If elementwise, an array of bool for arrays, Undefined for values that cannot be compared."""
    for side in (left, right):
        if isinstance(side, Undefined):
            return side if elementwise or isinstance(side, Unrecorded) else False
    ours, theirs = numbers(left), numbers(right)
    if isinstance(ours, Undefined) or isinstance(theirs, Undefined):
        same = _is_same(left, right)
        if isinstance(same, Undefined):
            for number in (ours, theirs):
                if isinstance(number, Unrecorded):
                    return number
        if isinstance(same, Undefined) or op in ORDER or (elementwise and (left is None or right is None)):
            return Undefined("there are no elements to compare") if elementwise else False
        return same is (op is ast.Eq)
    (a, a_dtype), (b, b_dtype) = ours, theirs
    if a.shape != b.shape and 1 not in (a.size, b.size):
        return Undefined(f"shapes {a.shape} and {b.shape} differ") if elementwise else op is ast.NotEq
    if op is ast.Eq:
        mask = close(a, b, tolerance or tolerance_for((a_dtype, b_dtype)))
    elif op is ast.NotEq:
        agree = close(a, b, tolerance or tolerance_for((a_dtype, b_dtype)))
        known = ~(np.isnan(a) | np.isnan(b))
        if not elementwise:
            return bool(known.all() and not agree.all())
        mask = ~agree & known
    elif "c" in (a.dtype.kind, b.dtype.kind):
        return Undefined("complex numbers have no order") if elementwise else False
    else:
        mask = np.asarray(ORDER[op](a, b))
    if elementwise:
        return _array(mask, "bool")
    # No comparison of empty arrays holds, except that two empty arrays of one shape are equal.
    return bool(mask.all()) and (mask.size > 0 or (op is ast.Eq and a.shape == b.shape))


def _passed(check: str, variables: Variables, tolerance: Tolerance | None) -> object:
    passed = variables.get("passed")
    return bool(passed(check)) if callable(passed) else Undefined("`passed` is known in rubrics only")


def _call(
    name: str,
    arguments: Sequence[Node],
    elementwise: bool,
    text: str,
    variables: Variables,
    tolerance: Tolerance | None,
) -> object:
    """``text`` is the source of the first argument."""
    values = [argument(variables, tolerance) for argument in arguments]
    for value in values:
        if isinstance(value, Undefined):
            return value
    value = values[0]
    if name == "where":
        return _compute(lambda mask, a, b: np.where(_is_true(mask), a, b), *values)
    if name in {"shape", "size"}:
        shape = value.shape if isinstance(value, Array) else () if isinstance(value, bool | int | float) else None
        if shape is None:
            return Undefined(f"`{text}` has no {name}")
        return shape if name == "shape" else math.prod(shape)
    if name in ELEMENTWISE:
        return _compute(lambda data: ELEMENTWISE[name](floats(data)), value, exact=name == "abs")
    if name in REDUCTIONS:
        return _compute(REDUCTIONS[name], value, exact=name in {"max", "min", "sum"})
    number = numbers(value)
    if isinstance(number, Undefined):
        return number
    data, dtype = number
    if name == "finite":
        return _array(np.isfinite(data), "bool") if elementwise else bool(np.isfinite(data).all())
    if name == "all_equal":
        first = data.ravel()[:1]
        return bool(data.size and close(data.ravel(), first, tolerance or tolerance_for((dtype,))).all())
    truths = _is_true(data)
    return bool(truths.any()) if name == "any" else bool(truths.size and truths.all())


def _compute(function: Callable[..., Any], *values: object, exact: bool = True) -> Array | Undefined:
    """Apply a function to numbers in float64. Not ``exact``: its results for integers are rounded."""
    operands: list[Numbers] = []
    dtypes: list[str] = [] if exact else ["float64"]
    for value in values:
        number = numbers(value)
        if isinstance(number, Undefined):
            return number
        operands.append(number[0])
        dtypes.append(number[1])
    try:
        if _is_too_large(operands):
            return Undefined(f"the result would have more than {MAX_OUTER} elements")
        result = np.asarray(function(*operands))
    except (ArithmeticError, ValueError, TypeError, MemoryError):
        return Undefined(f"shapes {' and '.join(str(data.shape) for data in operands)} do not go together")
    dtype = "bool" if result.dtype.kind == "b" else coarser(dtype for dtype in dtypes if dtype != "bool")
    return _array(result, dtype)


def _is_too_large(operands: Sequence[Numbers]) -> bool:
    """Checked before numpy allocates the result. Raises ValueError for shapes that cannot be broadcast."""
    if math.prod(data.size for data in operands) <= MAX_OUTER:
        return False
    size = math.prod(np.broadcast_shapes(*(data.shape for data in operands)))
    return size > MAX_ELEMENTS or (size > MAX_OUTER and size > MAX_GROWTH * sum(data.size for data in operands))


def _signed(
    sign: Callable[[Any], Any], operand: Node, variables: Variables, tolerance: Tolerance | None
) -> Array | Undefined:
    return _compute(lambda data: sign(floats(data)), operand(variables, tolerance))


def _arithmetic(
    operator: Callable[[Any, Any], Any],
    left: Node,
    right: Node,
    exact: bool,
    variables: Variables,
    tolerance: Tolerance | None,
) -> Array | Undefined:
    one, other = left(variables, tolerance), right(variables, tolerance)
    return _compute(lambda a, b: operator(floats(a), floats(b)), one, other, exact=exact)


def _array(data: Any, dtype: str) -> Array:
    """A result as a read-only Array. Only results may be passed, since ``data`` itself becomes read-only."""
    wide = widened(np.asarray(data))
    wide.flags.writeable = False
    return Array(kind="ndarray" if wide.ndim else "number", dtype=dtype, shape=wide.shape, data=wide)


def _negation(operand: Node, elementwise: bool, variables: Variables, tolerance: Tolerance | None) -> object:
    value = operand(variables, tolerance)
    if elementwise and isinstance(value, Array):
        return _compute(lambda data: data == 0, value)
    known = truth(value)
    return known if isinstance(known, Undefined) else not known


def truth(value: object) -> bool | Undefined:
    """Whether a value is true. An array is true if no element is zero or NaN."""
    if isinstance(value, bool | str | tuple):
        return bool(value)
    number = numbers(value)
    if isinstance(number, Undefined):
        return False if value is None else number
    data, _ = number
    return bool(data.size and _is_true(data).all())


def _is_true(data: Numbers) -> Mask:
    """For each element, whether it is true. NaN is not, so that a NaN never passes a check by accident."""
    return data if data.dtype.kind == "b" else np.asarray((data != 0) & ~np.isnan(data))


def _both(left: Numbers, right: Numbers) -> Mask:
    return _is_true(left) & _is_true(right)


def _either(left: Numbers, right: Numbers) -> Mask:
    return _is_true(left) | _is_true(right)


def _is_same(left: object, right: object) -> bool | Undefined:
    """Equality of None, texts and shapes; Undefined for other values that are not numbers."""
    if left is None or right is None:
        return left is right
    if isinstance(left, str | tuple) or isinstance(right, str | tuple):
        return type(left) is type(right) and left == right
    return Undefined("values of this kind cannot be compared")

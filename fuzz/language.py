"""The expression language: every line of an input is parsed and evaluated over extreme variables."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from fuzz.target import Target, promise, strictly
from grader.judging.comparison import Comparison, compare
from grader.language.expression import ExpressionError, Role, Undefined, parse
from grader.language.expression.arrays import MAX_ELEMENTS
from grader.language.values import show
from grader.model import Array, Opaque, Structure

LONGEST_SHOWN = 2_000
_KNOWN = (Array, bool, int, float, str, tuple, Opaque, Structure, Undefined)


def check(data: bytes) -> None:
    """Raises if a text is neither an expression nor refused with a message, or if its value has an unknown type."""
    text = data.decode("utf-8", "replace")
    for line in text.split("\n")[:4]:
        check_expression(line)


def check_expression(text: str) -> None:
    """``check`` for a single line."""
    with strictly():
        try:
            expression = parse(text)
        except ExpressionError as error:
            promise("\n" not in str(error) and len(str(error)) < LONGEST_SHOWN, "a refusal that nobody reads")
            return
        promise(parse(expression.text) == expression, "another expression by its own text")
        for variables in variable_sets():
            value = expression.evaluate(variables)
            _check_value(value)
            promise(type(expression.holds(variables)) is bool, "neither true nor false")
            for other in (variables["x"], variables["p"], 1, None):
                _check_comparison(compare(value, other))
                _check_comparison(compare(other, value))


def _check_value(value: object) -> None:
    promise(value is None or isinstance(value, _KNOWN), f"a value of type {type(value).__name__}")
    promise(len(show(value)) < LONGEST_SHOWN, "a value that nobody reads")
    if isinstance(value, Array) and value.data is not None:
        promise(value.data.size <= MAX_ELEMENTS, "an array that is too large")
        promise(value.data.shape == value.shape, "data of another shape")


def _check_comparison(comparison: Comparison) -> None:
    promise(0 <= comparison.share <= 1, f"a share of {comparison.share}")
    promise(comparison.equal == (comparison.kind == "equal"), "equal, and not")
    promise(len(comparison.message) < 2 * LONGEST_SHOWN, "a message that nobody reads")
    promise(len(comparison.actual) + len(comparison.expected) < 2 * LONGEST_SHOWN, "values that nobody reads")


@cache
def variable_sets() -> tuple[dict[str, object], ...]:
    """Sets of variables: arrays ``x``, ``y``, ``z``, roles ``r`` and ``q``, structures ``p`` and ``c``, texts
    ``operations``, and other values ``n``, ``t``, ``s``, ``u``.
    """
    inf, nan, top = np.inf, np.nan, np.iinfo(np.int64).max
    worst = [
        (np.array([nan, inf, -inf, 0.0]), np.array([5e-324, -1e308, 1e308, 1.0]), np.array(2.0)),
        (np.zeros((0, 3)), np.zeros(0, "f4"), np.array(nan)),
        (np.eye(2) > 0, np.array([[1, 2], [3, 4]], "i8"), np.array([[1j, 2], [nan, 1]], "c8")),
        (np.array([top, -top - 1]), np.array([2**64 - 1, 0], "u8"), np.array([-128, 127], "i1")),
        (np.ones((400, 1), "f4"), np.ones((1, 400), "f4"), np.ones((2, 1, 1, 1), "f2")),
        (np.full(3, 65504, "f2"), np.array([1e-299] * 3), np.array([1e10] * 3)),
        (np.frombuffer(b"\1\0\xa0\x7f" * 2, "f4"), np.array([complex(inf, nan), 0]), np.ones((1,) * 16)),
    ]
    others = [(2**640, (2**40,) * 16, "text", "nonsense"), (0, (), "", "float32"), (-1, (3,), "\x1b", "bfloat16")]
    found = []
    for number, three in enumerate(worst):
        n, t, s, dtype = others[number % len(others)]
        x, y, z = (_array(data, dtype if number % 2 else data.dtype.name) for data in three)
        unrecorded = Array(kind="tensor", dtype="float32", shape=(2**39,) * 4, data=None)
        role = Role(value=x, gradient=y if number % 3 else None, grad=unrecorded)
        texts = tuple(f"{name}Backward{number}" for name in ("Pow", "Mul", "")[: number % 4])
        listed = Structure(kind=("tuple", "list")[number % 2], items=(x, z, Opaque(kind="none")), cut=number == 5)
        keyed = Structure(kind=("dict", "module")[number % 2], keys=("a", "0"), items=(y, listed))
        parts: dict[str, object] = {"second": z, "after": keyed, "changed": True}
        found.append(
            {
                "x": x,
                "y": y,
                "z": z,
                "r": role,
                "q": Role(value=listed, parts=parts, items={0: role, 1: Role(value=keyed, items={"a": role})}),
                "p": listed,
                "c": keyed,
                "operations": texts,
                "n": n,
                "t": t,
                "s": s,
                "u": Opaque(kind="other", text="Module") if number % 2 else unrecorded,
            }
        )
    return tuple(found)


def _array(data: npt.NDArray[Any], dtype: str) -> Array:
    kept = np.array(data)
    kept.flags.writeable = False
    grad = Array(kind="tensor", dtype=dtype, shape=kept.shape, data=kept)
    return Array(kind="tensor", dtype=dtype, shape=kept.shape, data=kept, requires_grad=True, grad=grad)


def seeds() -> list[bytes]:
    return [line.encode() for line in _EXPRESSIONS]


_EXPRESSIONS = (
    "x == 2 * y", "sum(x * y) == mean(3 * (z + 2) ** 2)", "not (x == y) and any(x != 0) or finite(z)",
    "1 < abs(x / y) < 2", "where(x > 0, y, -z)", "norm(x) >= 1e3 and size(x) > 1 and shape(x) == (2, 3)",
    "all_equal(x) and all(x == [1, 2.5])", "x.grad == r.gradient + r.grad",
    'x.dtype == "float64" and x.requires_grad and not x.is_leaf', "x ** x ** x ** x",
    "exp(exp(x)) - log(sqrt(y)) * cos(sin(z))", "max(x) + min(y) - n * n", "t == shape(u) and s == None",
    "x.shape == t", "(x + y) + ((x + y) + ((x + y) + ((x + y) + z)))", "[[1, 2], [3, 4]] == x", "True == 1 != False",
    "-x ** -y", "x @ y == (y.T @ x).T", "sum(x, 0) == mean(x, -1) and max(max(x, 1)) > min(y, 0)",
    "softmax(x, 0) * log_softmax(y) + tanh(sigmoid(relu(z))) - pi", "maximum(x, y) >= minimum(x, z)", "p == c['0']",
    'c["a"].grad == p[-1] and p[0:2] == [1, 2]', "x[:, None] + y[0, 1:] == x[..., -1]", "norm(x, 0)[1] == z[-1]",
    'q[0].gradient == q[1]["a"].grad and q.after["0"][1] == q.second and q.changed',
    'has_node("pow") and any(operations == "MulBackward0") and size(operations) < 3', "any(all(x > 0, 0))",
    'operations == ["PowBackward0", "MulBackward0"] or s == ["a"]', "size(p) == 3 and shape(p) == ()",
    "[x, [y, -z]] == [p, c] or [x[0], 1] == y", "x[y] + x[:, z] == x[..., x > 0] * (y > 0)", "p[n][argmax(x)] == inf",
    "one_hot(x, n).T @ y - logsumexp(x, 0) + cumsum(z, 0)", "solve(x, y) == inverse(x) @ y and tril(x, 1) != triu(x)",
    "diag(x) + eye(n) * arange(size(y)) / prod(x, 0)", "erf(x) + softplus(log1p(y)) - expm1(round(floor(sign(z))))",
    "biased_var(x, 0) < unbiased_var(y)", 'ran("a", "*") or ran("exp")', "p == [x, z, None] and [x, x] @ y < [1, x]",
)  # fmt: skip

WORDS = (
    "x", "y", "z", "r", "n", "t", "s", "u", ".grad", ".gradient", ".shape", ".dtype", ".is_leaf", "==", "!=", "<=",
    "**", " and ", " or ", "not ", "where(", "any(", "all(", "all_equal(", "finite(", "sum(", "mean(", "max(", "min(",
    "norm(", "sqrt(", "log(", "exp(", "size(", "shape(", "abs(", "None", "True", "1e300", "(2, 3)", "[1, 2]",
    "passed('a')", " @ ", ".T", ".second", ".after", ".changed", "q", "p", "c", "operations", "[0]", "[-1]",
    "[:, 1]", '["a"]', "[None]", ", 0)", ", -1)", "softmax(", "log_softmax(", "tanh(", "sigmoid(", "relu(", "maximum(",
    "minimum(", "pi", 'has_node("pow")', '["a", "b"]', "[x]", "[:, y]", "[x > 0]", "one_hot(", "argmax(", "logsumexp(",
    "cumsum(", "tril(", "diag(", "eye(", "arange(", "inverse(", "solve(", "biased_var(", "erf(", "softplus(", ".mT",
    "inf",
)  # fmt: skip

TARGET = Target(
    name="language",
    about="any text is an expression with a known value over any variables, or is refused with a message",
    check=check,
    seeds=seeds,
    words=WORDS,
    longest=2_200,
)

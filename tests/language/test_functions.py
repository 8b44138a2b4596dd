"""Functions of the language, matrices and axes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from grader.judging.comparison import compare
from grader.language.expression import FUNCTIONS, RESERVED, ExpressionError, Undefined, parse
from grader.model import Array


def tensor(data, dtype="float32"):
    array = np.asarray(data, dtype=dtype)
    return Array(kind="tensor", dtype=dtype, shape=array.shape, data=array)


RANDOM = np.random.default_rng(0)
M = tensor(RANDOM.normal(size=(2, 3)))
V = tensor([1.0, 2.0, 3.0])
m, v = M.data.astype(float), V.data.astype(float)


def value(text, **variables):
    return parse(text).evaluate({"m": M, "v": V} | variables)


def softmax(data, axis):
    return np.exp(data) / np.exp(data).sum(axis=axis, keepdims=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m @ v", m @ v),
        ("v @ v", v @ v),
        ("m.T @ m", m.T @ m),
        ("m @ m.T @ m", m @ m.T @ m),
        ("2 * m @ v", 2 * m @ v),
        ("v.T", v),
        ("sum(m, 0)", m.sum(0)),
        ("sum(m, -1)", m.sum(-1)),
        ("mean(m, 1)", m.mean(1)),
        ("max(m, 0)", m.max(0)),
        ("min(m, 1)", m.min(1)),
        ("norm(m, 1)", np.linalg.norm(m, axis=1)),
        ("any(m > 0, 0)", (m > 0).any(0)),
        ("all(m > -0.5, 1)", (m > -0.5).all(1)),
        ("tanh(m)", np.tanh(m)),
        ("sigmoid(m)", 1 / (1 + np.exp(-m))),
        ("relu(m)", np.maximum(m, 0)),
        ("softmax(m)", softmax(m, -1)),
        ("softmax(m, 0)", softmax(m, 0)),
        ("log_softmax(m, 0)", np.log(softmax(m, 0))),
        ("maximum(m, 0) + minimum(m, 0)", m),
        ("sin(pi / 2)", 1),
        ("softmax(1000 * v)", [0, 0, 1]),
        ("log_softmax(1000 * v)", [-2000, -1000, 0]),
        ("sigmoid(-1000 * v)", [0, 0, 0]),
        ("logsumexp(m)", np.log(np.exp(m).sum())),
        ("logsumexp(m, 0)", np.log(np.exp(m).sum(0))),
        ("logsumexp(1000 * v)", 3000),
        ("logsumexp(-1000 * v)", -1000),
        ("logsumexp([-inf, 2])", 2),
        ("logsumexp([-inf, -inf])", -np.inf),
        ("softmax(where([True, False], [1, 2], -inf))", [1, 0]),
        ("softplus([-1000, 0, 1000])", [0, np.log(2), 1000]),
        ("log1p(1e-30) + expm1(1e-30)", 2e-30),
        ("erf(m)", [[math.erf(number) for number in row] for row in m]),
        ("biased_var(m)", m.var()),
        ("biased_var(m, 0)", m.var(0)),
        ("unbiased_var(m, 1)", m.var(1, ddof=1)),
        ("cumsum(m)", m.cumsum(1)),
        ("cumsum(m, 0)", m.cumsum(0)),
        ("prod(m, 1)", m.prod(1)),
        ("argmax(m)", m.argmax()),
        ("argmax(m, 1) - argmin(m, 1)", m.argmax(1) - m.argmin(1)),
        ("sign([-3, 0, 2.5])", [-1, 0, 1]),
        ("round([0.5, 1.5, -0.7])", [0, 2, -1]),
        ("floor([0.5, -0.5])", [0, -1]),
        ("tril(m)", np.tril(m)),
        ("triu(m, 1)", np.triu(m, 1)),
        ("diag(v)", np.diag(v)),
        ("diag(m)", np.diag(m)),
        ("eye(2) + arange(2)", np.array([[1, 1], [0, 2]])),
        ("one_hot([2, 0, 2], 3)", np.eye(3)[[2, 0, 2]]),
        ("one_hot([[1], [0]], size(v))", np.eye(3)[[[1], [0]]]),
        ("one_hot([1, 1], m.shape[0]).T @ m", [[0, 0, 0], m.sum(0)]),
        ("inverse(m @ m.T)", np.linalg.inv(m @ m.T)),
        ("solve(m @ m.T, m @ v)", np.linalg.solve(m @ m.T, m @ v)),
        ("solve(m @ m.T, m)", np.linalg.solve(m @ m.T, m)),
        ("m.mT", m.T),
    ],
)
def test_is_computed_in_double_precision(text, expected):
    result = value(text)
    np.testing.assert_allclose(result.data, expected, rtol=1e-12, atol=1e-300)
    assert not result.data.flags.writeable


@pytest.mark.parametrize("text", ["m @ v", "sum(m, 0)", "softmax(m)", "relu(m)", "maximum(m, 1)", "m.T", "m[0]"])
def test_the_tolerance_is_that_of_the_coarsest_dtype(text):
    assert value(text).dtype == "float32"
    assert value(text, m=tensor([[1, 2, 3]], "int64"), v=tensor([1, 2, 3], "int64")).dtype in ("int64", "float64")


def test_whole_numbers_stay_exact():
    whole = tensor([[1, 2], [3, 4]], "int64")
    assert value("w @ w", w=whole).dtype == "int64"
    assert value("sum(w, 0)", w=whole).dtype == "int64"
    assert value("softmax(w)", w=whole).dtype == "float64"
    for text in ("cumsum(w)", "sign(w)", "tril(w)", "argmax(w, 1)", "one_hot([0], 2)", "w[[0, 0]]", "prod(w)"):
        assert value(text, w=whole).dtype == "int64"
    assert value("argmax(m, 1)").dtype == "int64"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("m @ m", "shapes (2, 3) and (2, 3) do not go together in `@`"),
        ("m @ 2", "`@` multiplies vectors and matrices, not single numbers"),
        ("sum(m, 2)", "`m` has shape (2, 3), so it has no axis 2"),
        ("softmax(1)", "it has no axis -1"),
        ("max(empty)", "`empty` has no elements"),
        ("mean(empty, 1)", ""),
        ("relu(complex)", ""),
        ("maximum(complex, 1)", ""),
        ("softmax(complex)", ""),
        ("stack.T", "`.T` is for vectors and matrices"),
        ("wide @ wide.T", "a matrix product of the shapes (2000, 1) and (1, 2000) is too large"),
        ("long @ long.T @ long", "too large"),
        ("None @ m", "None is no number"),
    ],
)
def test_what_cannot_be_computed_is_undefined(text, reason):
    variables = {
        "empty": tensor(np.zeros(0)),
        "complex": tensor([1j], "complex64"),
        "stack": tensor(np.zeros((2, 2, 2))),
        "wide": tensor(np.zeros((2000, 1))),
        "long": tensor(np.zeros((900, 270))),
    }
    result = value(text, **variables)
    assert isinstance(result, Undefined)
    assert reason in result.reason


class TestLongSums:
    """A submission adds up in single precision: an element that nearly cancels has the error of the large ones."""

    X = RANDOM.normal(size=(20_000, 10)).astype("float32")
    R = RANDOM.normal(size=20_000).astype("float32")
    WANTED = parse("2 * X.T @ r")

    def wanted(self):
        return self.WANTED.evaluate({"X": tensor(self.X), "r": tensor(self.R)})

    def test_a_product_in_single_precision_is_close(self):
        seen = tensor(2 * self.X.T @ self.R)
        assert np.abs(seen.data - self.wanted().data).max() > 1e-5
        assert compare(seen, self.wanted()).equal
        assert parse("g == 2 * X.T @ r").holds({"g": seen, "X": tensor(self.X), "r": tensor(self.R)})

    def test_an_element_that_is_otherwise_wrong_is_not(self):
        data = 2 * self.X.T @ self.R
        data[3] += 0.1
        assert not compare(tensor(data), self.wanted()).equal

    def test_sums_of_few_and_of_whole_numbers_stay_as_they_are(self):
        few = parse("X.T @ r").evaluate({"X": tensor([[1e6, 1e-3]]), "r": tensor([1.0])})
        assert not compare(tensor([1e6, 2e-3]), few).equal
        ones = tensor(np.ones((100, 2)), "int64")
        assert not compare(tensor([100, 101], "int64"), parse("sum(n, 0)").evaluate({"n": ones})).equal


class TestComparisonsInsideOfOthers:
    """What is computed of a comparison is computed of each of its elements."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("mean(v == [1, 0, 3])", 2 / 3),
            ("sum(m > 0, 1)", (m > 0).sum(1)),
            ("(v > 1) * v", [0, 2, 3]),
            ("-(v > 1)", [0, -1, -1]),
            ("mean(argmax(m, 1) == [0, 1])", (m.argmax(1) == [0, 1]).mean()),
            ("tril(m > -9)", np.tril(np.ones((2, 3)))),
            ("(v > 1 and v < 3) @ v", 2),
            ("where(arange(2)[:, None] >= arange(3), m, -inf)", np.where(np.tril(np.ones((2, 3))), m, -np.inf)),
            ("sum(m == max(m, 1)[:, None], 1)", [1, 1]),
            ("sum(v != [[1], [2]])", 4),
        ],
    )
    def test_are_made_element_by_element(self, text, expected):
        np.testing.assert_allclose(value(text).data, expected, rtol=1e-12)

    def test_are_made_everywhere_as_conditions(self):
        assert value("v > 0") is True
        assert value("v > 1 or not v > 1") is True
        assert value("v == v and v * (v > 1) == [0, 2, 3]") is True


class TestRan:
    CALLS = ("exp", "grad", "log_softmax")

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('ran("exp")', True),
            ('ran("softmax")', False),
            ('ran("softmax", "grad")', True),
            ('ran("*softmax")', True),
            ('not ran("ex")', True),
        ],
    )
    def test_says_whether_one_of_several_functions_was_called(self, text, expected):
        assert value(text, torch_calls=self.CALLS) is expected
        assert parse(text).names == {"torch_calls"}

    def test_is_unknown_where_nobody_asked(self):
        assert not parse('ran("exp") or not ran("exp")').holds({"torch_calls": None})

    @pytest.mark.parametrize("text", ["ran()", "ran(exp)", 'ran("exp", x)', 'ran(name="exp")', 'ran(["exp"])'])
    def test_takes_names_in_quotes(self, text):
        with pytest.raises(ExpressionError, match="takes names of functions of torch, each in quotes"):
            parse(text)


def test_labels_that_are_none_are_undefined():
    for text, reason in {
        "one_hot([0, 3], 3)": "numbers outside of 0 to 2",
        "one_hot([-1], 3)": "numbers outside of 0 to 2",
        "one_hot([0.5], 3)": "has to be whole numbers",
        "one_hot(v, 2.5)": "the second argument of `one_hot` has to be a whole number",
        "one_hot(v, v)": "one whole number",
        "one_hot(v, 90000)": "more than 100000 elements",
        "arange(-1)": "one whole number from 0",
        "eye(2000)": "more than 100000 elements",
        "eye(None)": "None is no number",
        "tril(v)": "`tril` is for matrices",
        "diag(stack)": "`diag` is for vectors and matrices",
        "inverse(m)": "square matrices",
        "inverse(0 * m @ m.T)": "has no inverse",
        "solve(m @ m.T, v)": "do not go together",
        "argmax(empty)": "no elements",
        "erf(large)": "too many for `erf`",
        "v.mT": "`.mT` is for matrices",
        "sum(m > [1, 2])": "shapes (2, 3) and (2,) do not go together",
        "sum(large[:, None] > large)": "would have more than",
    }.items():
        variables = {"stack": tensor(np.zeros((2, 2, 2))), "empty": tensor([]), "large": tensor(np.zeros(250_001))}
        found = value(text, **variables)
        assert isinstance(found, Undefined), text
        assert reason in found.reason


def test_stacks_of_matrices_are_multiplied():
    stack = tensor(np.arange(8).reshape(2, 2, 2))
    np.testing.assert_array_equal(value("s.mT", s=stack).data, stack.data.swapaxes(1, 2))
    np.testing.assert_array_equal(value("s @ s", s=stack).data, stack.data @ stack.data)


def test_nan_and_infinity_give_no_warning():
    assert not parse("m @ m == 1 or softmax(m) == 1 or sum(m, 0) == 1 or norm(m, 0) == 1").holds(
        {"m": tensor([[math.nan, math.inf], [-math.inf, 3e38]])}
    )


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("sum(x, axis=0)", "without names, and the number of an axis if it is wanted: `sum(a), sum(a, 0)`"),
        ("sum(x, y)", "the second argument of `sum` is an axis, a whole number: `sum(a, 0)`"),
        ("max(x, y)", "the greater of two values is maximum(a, b)"),
        ("min(x, 0.5)", "the lesser is minimum(a, b)"),
        ("sum(x, 0, 1)", "takes 1 argument"),
        ("maximum(x)", "takes 2 arguments"),
        ("tanh(x, 0)", "`tanh` takes 1 argument, without names: `tanh(a)`"),
        ("x.sum()", "write `sum(…)`"),
        ("x.t()", "write `x.T`"),
        ("sofmax(x)", "did you mean `softmax`?"),
        ("has_node(pow)", "takes the name of a node, in quotes"),
        ("pi(2)", "unknown function `pi`"),
        ("var(x)", "its variance with n below is `biased_var(a)`, that with n - 1 `unbiased_var(a)`"),
        ("tril(x, x)", "the second argument of `tril` is a diagonal, a whole number"),
        ("tril(x, 0, 1)", "`tril` takes 1 argument, without names, and the number of a diagonal if it is wanted"),
        ("one_hot(x)", "`one_hot` takes 2 arguments"),
    ],
)
def test_says_how_a_function_is_called(text, part):
    with pytest.raises(ExpressionError, match=r".") as caught:
        parse(text)
    assert part in str(caught.value)


def test_every_function_is_shown_and_explained():
    assert all(entry.usage.startswith(f"{name}(") and entry.about.endswith(".") for name, entry in FUNCTIONS.items())


def test_no_variable_can_have_the_name_of_a_function_or_constant():
    assert {"sum", "pi"} <= RESERVED
    assert parse("pi").names == frozenset()

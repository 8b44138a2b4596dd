"""The expression language: parsing, messages to instructors, evaluation."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.language.expression import FUNCTIONS, ExpressionError, Role, Tolerance, Undefined, parse
from grader.model import Array, Opaque


def tensor(data, dtype="float32", grad=None, requires_grad=False):
    array = np.asarray(data, dtype="float32" if dtype == "bfloat16" else dtype)
    return Array(
        kind="tensor", dtype=dtype, shape=array.shape, data=array, grad=grad, requires_grad=requires_grad, is_leaf=True
    )


def holds(text, tolerance=None, **variables):
    return parse(text).holds(variables, tolerance=tolerance)


def value(text, **variables):
    return parse(text).evaluate(variables)


X = tensor([1.0, 2.0, 3.0])
UNRECORDED = Array(kind="tensor", dtype="float32", shape=(9, 9), data=None)
NONE = Opaque(kind="none")


class TestParsing:
    def test_tells_names_attributes_and_functions(self):
        expression = parse("norm(x.grad) > 2 * weights and x.grad.shape == y.shape and passed('a')")
        assert expression.names == {"x", "weights", "y"}
        assert expression.attributes == {("x", "grad"), ("y", "shape")}
        assert expression.functions == {"norm", "passed"}

    @pytest.mark.parametrize(("literal", "expected"), [(True, True), (3, 3), (2.5, 2.5), ("'a'", "a"), ("None", None)])
    def test_takes_yaml_scalars(self, literal, expected):
        assert parse(literal).evaluate({}) == expected

    def test_takes_an_expression_over_several_lines(self):
        assert holds("x > 0\n  and x < 4\n", x=X)

    @pytest.mark.parametrize(
        ("text", "column", "part"),
        [
            ("norn(x)", 1, "unknown function `norn`; did you mean `norm`?"),
            ("x + qux(1)", 5, "unknown function `qux`; Known are abs,"),
            ("x.gradd", 1, "did you mean `.grad`?"),
            ("x = 2", 3, "a comparison is `==`"),
            ("x ^ 2", 1, "a power is `**`"),
            ("x % 2", 1, "`%` is not known"),
            ("x & y", 1, "write `and`"),
            ("~x", 1, "write `not`"),
            ("x is None", 1, "write `==`"),
            ("lambda: 1", 1, "`lambda` is not known"),
            ("[a for a in x]", 1, "this is not known here"),
            ("(x, 2)", 1, "values that are computed stand in a list `[…]`"),
            ("(y := 2)", 2, "`:=` is not known"),
            ("1 if x else 2", 1, "write where(condition, a, b)"),
            ("x.__class__", 1, "unknown `.__class__`"),
            ("x.sum()", 1, "methods cannot"),
            ("norm(x).grad", 1, "only be asked of a name"),
            ("norm == 3", 1, "`norm` is a function; write `norm(…)`"),
            ("sum(x, axis=0)", 1, "takes 1 argument"),
            ("where(x, 1)", 1, "takes 3 arguments"),
            ("passed(x)", 1, "the id of a check, in quotes"),
            ("x ≤ 2", 3, "write `<=`"),
            ("x²", 2, "write `**2`"),
            ("x >", 3, "invalid syntax"),
            ("(x", 1, "was never closed"),
            ("", None, "nothing to compute"),
            ("   ", None, "nothing to compute"),
            ("x" * 3000, None, "longer than 2000"),
            ("-" * 60 + "x", 42, "nested more than 40"),
            ("1e999", 1, "this large"),
            ("9" * 400, 1, "this large"),
            ("(1, 2.5)", 1, "whole numbers"),
            ("[[1], [2, 3]]", 1, "rows of equal length"),
            ("2j", 1, "not known"),
            ("f'{x}'", 1, "f-strings"),
            ("x\0", 2, "no sign that can be seen"),
            ("x\u00a0> 1", 2, "no sign that can be seen"),
            ("x \ud800", 3, "no sign that can be seen"),
        ],
    )
    def test_says_what_is_wrong_and_where(self, text, column, part):
        with pytest.raises(ExpressionError) as caught:
            parse(text)
        assert part in str(caught.value)
        assert caught.value.column == column
        assert len(str(caught.value)) < 500

    @pytest.mark.parametrize(
        "text", ["(" * 500, "-" * 1900, "not " * 400, "x" + ".grad" * 390, "a+" * 900 + "a", "[" * 900]
    )
    def test_refuses_deep_nesting(self, text):
        with pytest.raises(ExpressionError):
            parse(text)

    @given(st.text(max_size=60) | st.text("xy.gradshpe()[],+-*/<>=! 012'\"andorot", max_size=40))
    def test_raises_nothing_else_on_any_text(self, text):
        with contextlib.suppress(ExpressionError):
            parse(text).evaluate({"x": X})


class TestEquality:
    def test_is_closeness_by_the_dtype(self):
        assert holds("x == 0.1", x=tensor([0.1]))
        assert not holds("x == 0.1", x=tensor([0.100001], "float64"))
        assert holds("x == 1.01", x=tensor([1.0], "bfloat16"))

    def test_uses_the_coarsest_dtype_involved(self):
        assert holds("x / 3 == y", x=tensor([1, 2], "int64"), y=tensor([1 / 3, 2 / 3]))
        assert holds("a * b == 1.000001", a=tensor([1.0]), b=tensor([1.0], "float64"))
        assert not holds("a == 1.000001", a=tensor([1.0], "float64"))

    def test_is_exact_for_integers(self):
        assert holds("x == 100000000", x=tensor([100_000_000], "int64"))
        assert not holds("x == 100000001", x=tensor([100_000_000], "int64"))

    def test_takes_a_given_tolerance(self):
        assert holds("x == 1.05", x=tensor([1.0]), tolerance=Tolerance(rtol=0.1, atol=0))

    def test_means_everywhere(self):
        assert holds("x == y", x=X, y=X)
        assert not holds("x == 1", x=X)
        assert holds("x > 0", x=X)
        assert not holds("x > 1", x=X)

    def test_needs_equal_shapes_but_one_element_meets_any(self):
        assert not holds("x == y", x=tensor([[1.0, 2.0, 3.0]]), y=X)
        assert holds("x != y", x=tensor([[1.0, 2.0, 3.0]]), y=X)
        assert holds("x == y", x=tensor([[2.0, 2.0]]), y=tensor([2.0]))

    def test_none_equals_only_none(self):
        assert holds("x == None", x=None)
        assert holds("x == None", x=NONE)
        assert not holds("x == 0", x=None)
        assert holds("x != 0", x=None)
        assert holds("x != None", x=X)
        assert holds("x != None", x=UNRECORDED)
        assert not holds("x == None", x=UNRECORDED)

    @pytest.mark.parametrize("comparison", ["x == x", "x != x", "x == 1", "x != 1", "x < 9", "x >= 0", "any(x != x)"])
    def test_nan_meets_nothing(self, comparison):
        assert not holds(comparison, x=tensor([math.nan]))
        assert not holds(comparison, x=math.nan)

    def test_infinities_equal_themselves(self):
        assert holds("x == y", x=tensor([math.inf, -math.inf]), y=tensor([math.inf, -math.inf]))
        assert not holds("x == y", x=tensor([1.0]), y=tensor([math.inf]))
        assert not holds("x == y", x=tensor([-math.inf]), y=tensor([math.inf]))

    def test_compares_texts_and_shapes(self):
        assert holds('source == "autograd"', source="autograd")
        assert holds("source != 'autograd'", source=Opaque(kind="text", text="other"))
        assert holds("x.shape == (3,) and shape(y) == ()", x=X, y=tensor(2.0))
        assert not holds("x.shape == (3, 1)", x=X)
        assert holds("x.dtype == 'float32'", x=X)

    def test_compares_with_an_array_written_out(self):
        assert holds("x == [1, 2, 3]", x=X)
        assert not holds("x == [[1, 2, 3]]", x=X)
        assert holds("-x == [-1, -2, -3.0]", x=X)

    def test_chains(self):
        assert holds("0 < x <= 3 != 4", x=X)
        assert not holds("0 < x < 3", x=X)

    def test_truth_values(self):
        assert holds("x.requires_grad == True", x=tensor([1.0], requires_grad=True))
        assert holds("not x.requires_grad", x=X)
        assert holds("flag == False", flag=Opaque(kind="bool", text="False"))

    @pytest.mark.parametrize("text", ["x < t", "t < t", "None < 1", "x > None", "x < y", "x == y", "x < z"])
    def test_what_cannot_be_ordered_is_false(self, text):
        assert not holds(text, x=X, y=tensor([1.0, 2.0]), z=tensor([1j], "complex64"), t="a")

    def test_of_empty_arrays_only_equality_of_shape_holds(self):
        empty = tensor([])
        assert holds("x == y", x=empty, y=empty)
        assert not holds("x > 0 or x == 0 or x != 0 or all(x) or x", x=empty)


class TestElementwise:
    def test_any_and_all_look_at_elements(self):
        assert holds("any(x > 2)", x=X)
        assert not holds("any(x > 3)", x=X)
        assert holds("all(x > 0)", x=X)
        assert holds("any(x != 1)", x=X)
        assert not holds("any(x != 0)", x=tensor([0.0, 0.0]))
        assert holds("all(x == 1 or x > 1.5)", x=X)
        assert not holds("any(x > 1 and x < 1.5)", x=X)
        assert holds("all(not x > 3)", x=X)
        assert holds("any(1 < x < 3)", x=X)
        assert holds("sum(x) == 6 and any(sum(x > 1) == 2)", x=X)

    def test_where_chooses(self):
        assert holds("y == where(x > 1.5, 2 * x, -x)", x=X, y=tensor([-1.0, 4.0, 6.0]))

    @pytest.mark.parametrize("missing", [None, NONE, Opaque(kind="other", text="Foo"), UNRECORDED])
    def test_any_of_nothing_is_false(self, missing):
        assert not holds("any(x != 0)", x=missing)
        assert not holds("all(x == 0)", x=missing)
        assert not holds("any(x)", x=missing)
        assert not holds("any(not x == 0)", x=missing)

    def test_shapes_that_do_not_go_together_have_no_elements_to_compare(self):
        assert not holds("any(x != y)", x=X, y=tensor([1.0, 5.0]))


class TestArithmetic:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2 * x ** 2 - x / 2", [1.5, 7, 16.5]),
            ("sum(x)", 6),
            ("mean(x)", 2),
            ("min(x)", 1),
            ("max(x)", 3),
            ("norm(x)", math.sqrt(14)),
            ("abs(-x)", [1, 2, 3]),
            ("sin(x) ** 2 + cos(x) ** 2", [1, 1, 1]),
            ("log(exp(x))", [1, 2, 3]),
            ("sqrt(x * x)", [1, 2, 3]),
            ("x / size(x)", [1 / 3, 2 / 3, 1]),
            ("sin(True)", math.sin(1)),
        ],
    )
    def test_computes_in_double_precision(self, text, expected):
        result = value(text, x=tensor([1.0, 2.0, 3.0]))
        np.testing.assert_allclose(result.data, expected, rtol=1e-12)
        assert result.data.dtype == np.float64

    def test_remembers_the_coarsest_dtype(self):
        assert value("x + y", x=tensor([1], "int64"), y=tensor([1.0], "float64")).dtype == "float64"
        assert value("x * y", x=tensor([1.0], "bfloat16"), y=tensor([1.0], "float16")).dtype == "bfloat16"
        assert value("2 * x + 1", x=tensor([1], "int64")).dtype == "int64"
        assert value("x / 3", x=tensor([1], "int32")).dtype == "float64"
        assert value("norm(x)", x=X).dtype == "float32"

    def test_computes_complex_numbers(self):
        result = value("x * x", x=tensor([1j], "complex64"))
        assert result.data.dtype == np.complex128
        assert result.data[0] == -1

    def test_size_and_shape(self):
        assert value("size(x)", x=X) == 3
        assert value("size(x)", x=UNRECORDED) == 81
        assert value("shape(x)", x=2.0) == ()

    def test_finite_and_all_equal(self):
        assert holds("finite(x)", x=X)
        assert not holds("finite(x)", x=tensor([1.0, math.inf]))
        assert holds("any(finite(x))", x=tensor([1.0, math.nan]))
        assert holds("all_equal(x)", x=tensor([2.0, 2.0]))
        assert not holds("all_equal(x)", x=X)
        assert not holds("all_equal(x)", x=tensor([math.nan, math.nan]))

    def test_results_cannot_be_written_to(self):
        assert not value("x + 0", x=X).data.flags.writeable
        assert X.data.flags.writeable


class TestUndefined:
    @pytest.mark.parametrize(
        "text",
        [
            "none * 2",
            "x + y",
            "unknown",
            "'a' * 2",
            "large + 1",
            "x.gradient",
            "none.grad",
            "sum(none)",
            "size(none)",
            "passed('a')",
            "-'a'",
            "not none * 2",
            "other + 1",
        ],
    )
    def test_what_cannot_be_computed_has_a_reason_and_makes_comparisons_false(self, text):
        variables = {"none": None, "x": X, "y": tensor([1.0, 2.0]), "large": UNRECORDED, "other": Opaque(kind="other")}
        result = parse(text).evaluate(variables)
        assert isinstance(result, Undefined)
        assert result.reason
        for comparison in ("== 1", "!= 1", "< 1", ">= 1", "== None", "!= None"):
            assert not parse(f"({text}) {comparison}").holds(variables)
        assert not parse(text).holds(variables)

    def test_results_of_enormous_size_are_not_computed(self):
        column, row = tensor(np.ones((4000, 1))), tensor(np.ones((1, 4000)))
        assert isinstance(value("a * b", a=column, b=row), Undefined)

    def test_and_or_not_stop_early(self):
        calls = []

        def passed(check):
            calls.append(check)
            return True

        assert holds("passed('a') or passed('b')", passed=passed)
        assert not holds("not passed('a') and passed('c')", passed=passed)
        assert calls == ["a", "a"]

    def test_overflow_and_domain_errors_are_no_warnings(self):
        assert not holds("log(x) == 0 or sqrt(x) == 0 or 1 / (x + 1) == 0 or exp(x * 9999999) == 1", x=tensor([-1.0]))
        assert not holds("9 ** 9 ** 9 == 1")


class TestRoles:
    ROLE = Role(value=X, gradient=tensor([2.0, 4.0, 6.0]), grad=None)

    def test_a_role_is_its_value_with_gradient_and_grad(self):
        assert holds("x.gradient == 2 * x", x=self.ROLE)
        assert holds("x.grad == None", x=self.ROLE)
        assert holds("x.shape == (3,)", x=self.ROLE)
        assert holds("size(x) == 3", x=self.ROLE)

    def test_an_array_has_its_grad(self):
        leaf = tensor([1.0], grad=tensor([5.0]), requires_grad=True)
        assert holds("x.grad == 5 and x.is_leaf and x.requires_grad and x.grad.dtype == 'float32'", x=leaf)
        assert holds("x.grad == None", x=X)


class TestWhatAnExpressionKnows:
    @pytest.mark.parametrize(
        ("text", "name"), [("x", "x"), ("(x)", "x"), (" x ", "x"), ("x.grad", None), ("-x", None), ("1", None)]
    )
    def test_knows_that_it_is_a_variable(self, text, name):
        assert parse(text).name == name

    @pytest.mark.parametrize(
        ("text", "equation"),
        [
            ("x == 'a'", ("x", "a")),
            ('("a"==x)', ("x", "a")),
            ("x == 1", ("x", 1)),
            ("x != 'a'", None),
            ("x == 'a' == y", None),
            ("x == 'a' and y == 1", None),
            ("x.dtype == 'int8'", None),
            ("x == y", None),
        ],
    )
    def test_knows_that_it_is_an_equation(self, text, equation):
        assert parse(text).equation == equation

    def test_knows_what_it_reads(self):
        assert parse("x.grad + 1").reads("grad")
        assert parse("grad").reads("grad")
        assert not parse("gradient == 'grad'").reads("grad")


_names = st.sampled_from(["x", "y", "n", "o", "u", "s", "r", "x.grad", "r.gradient", "r.shape", "x.dtype", "missing"])
_atoms = _names | st.sampled_from(["1", "0.5", "None", "True", "'a'", "(2, 3)", "[1, 2]", "1e200"])
_one_argument = sorted(
    name
    for name, function in FUNCTIONS.items()
    if function.arguments == 1 and name not in ("passed", "has_node", "ran")
)


def _larger(inner):
    binary = st.sampled_from(["+", "-", "*", "/", "**", "<", "<=", "==", "!=", ">", "and", "or"])
    return st.one_of(
        st.builds("({} {} {})".format, inner, binary, inner),
        st.builds("{}({})".format, st.sampled_from(_one_argument), inner),
        st.builds("where({}, {}, {})".format, inner, inner, inner),
        st.builds("(not {})".format, inner),
        st.builds("(-{})".format, inner),
    )


_values = st.sampled_from(
    [
        X,
        tensor([[1.0, 2.0]]),
        tensor([]),
        tensor(math.nan),
        tensor([math.inf, 0.0]),
        tensor([1j, 2], "complex64"),
        tensor([True, False], "bool"),
        tensor([2**62], "int64"),
        UNRECORDED,
        None,
        NONE,
        Opaque(kind="other", text="Foo"),
        Opaque(kind="text", text="a"),
        "a",
        (2, 3),
        10**400,
        -3,
        2.5,
        True,
        Role(value=None, gradient=None, grad=None),
        Role(value=X, gradient=tensor([1.0]), grad=None),
        Undefined("not there"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(
    text=st.recursive(_atoms, _larger, max_leaves=8),
    variables=st.fixed_dictionaries(dict.fromkeys("xynousr", _values)),
)
def test_evaluation_never_raises(text, variables):
    try:
        expression = parse(text)
    except ExpressionError:  # comparisons that never hold
        return
    result = expression.evaluate(variables)
    assert isinstance(result, Array | Undefined | Opaque | bool | int | float | str | tuple | None)
    assert isinstance(expression.holds(variables), bool)

"""Comparison of observed with expected values, and the messages about differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judging import comparison
from grader.judging.comparison import Happened, compare, happened_in, predicate_of
from grader.language.closeness import EXACT, Tolerance, coarser, tolerance_for
from grader.language.expression import parse
from grader.language.values import Undefined, show
from grader.model import Array, Opaque


def tensor(data, dtype="float32"):
    array = np.asarray(data, dtype="float32" if dtype == "bfloat16" else dtype)
    return Array(kind="tensor", dtype=dtype, shape=array.shape, data=array)


UNRECORDED = Array(kind="tensor", dtype="float32", shape=(1000, 1000), data=None)
SQUARES = tensor([0, 1, 4, 9])


class TestTolerance:
    def test_is_that_of_torch_testing(self):
        assert tolerance_for(["float32"]) == Tolerance(rtol=1.3e-6, atol=1e-5)
        assert tolerance_for(["float64"]) == Tolerance(rtol=1e-7, atol=1e-7)
        assert tolerance_for(["bfloat16"]) == Tolerance(rtol=1.6e-2, atol=1e-5)
        assert tolerance_for(["complex64"]) == Tolerance(rtol=1.3e-6, atol=1e-5)

    def test_goes_by_the_coarsest(self):
        assert tolerance_for(["float64", "int64", "float16"]) == tolerance_for(["float16"])
        assert tolerance_for(["int64", "bool"]) == EXACT == tolerance_for([])
        assert coarser(["bool", "int64"]) == "int64"
        assert tolerance_for(["float8_e4m3fn"]) == tolerance_for(["bfloat16"])


class TestKinds:
    @pytest.mark.parametrize(
        ("actual", "expected", "kind", "message"),
        [
            (SQUARES, tensor([0, 1, 4, 9], "float64"), "equal", "is as expected"),
            (SQUARES, tensor([0, 1, 4, 9.000001]), "equal", "is as expected"),
            (None, None, "equal", "is None, as expected"),
            (Opaque(kind="none"), None, "equal", "is None, as expected"),
            (None, SQUARES, "none", "is None instead of [0, 1, 4, 9]: nothing was computed"),
            (SQUARES, None, "none", "is [0, 1, 4, 9] instead of None"),
            (SQUARES, tensor([0, 1, 4]), "shape", "has shape (4,) instead of (3,)"),
            (SQUARES, tensor([[0, 1], [4, 9]]), "shape", "has shape (4,) instead of (2, 2), with the same elements"),
            (tensor(14.0), SQUARES, "shape", "has shape () instead of (4,): it is the sum of the elements"),
            (tensor([3.5]), SQUARES, "shape", "it is the mean of the elements"),
            (tensor([]), tensor(1.0), "shape", "is empty"),
            (SQUARES, Undefined("x is gone"), "undefined", "cannot be computed: x is gone"),
            (Undefined("x is gone"), SQUARES, "undefined", "cannot be computed: x is gone"),
            (UNRECORDED, SQUARES, "undefined", "too large to be recorded"),
            (tensor([0, 3, 12, 27]), SQUARES, "scaled", "is 3 times the expected value"),
            (tensor([0, 4, 16, 36]), SQUARES, "scaled", "is 4 times the expected value, and 4 is the number"),
            (tensor([0, 0.25, 1, 2.25]), SQUARES, "scaled", "divided by 4, the number of elements"),
            (tensor([0, 1.5, 6, 13.5]), SQUARES, "scaled", "is 1.5 times the expected value everywhere"),
            (tensor([0, -2, -8, -18]), SQUARES, "scaled", "is -2 times the expected value: the sign is wrong"),
            (tensor([0, -1, -4, -9]), SQUARES, "sign", "has the opposite sign"),
            (tensor([[1, 3], [2, 4]]), tensor([[1, 2], [3, 4]]), "transposed", "is the transpose"),
            (tensor([[1, 3, 5], [2, 4, 6]]), tensor([[1, 2], [3, 4], [5, 6]]), "transposed", "shape (3, 2)"),
            (tensor([0, 0, 0, 0]), SQUARES, "zeros", "is zero everywhere"),
            (tensor(0.0), tensor(5.0), "zeros", "is 0 instead of 5"),
            (tensor([3e-8, -1e-8, 0, 0]), SQUARES, "zeros", "is zero everywhere, up to rounding"),
            (tensor(6.0), tensor(2.0), "scaled", "is 3 times the expected value"),
            (tensor(5.0), tensor(2.0), "values", "is 5 instead of 2"),
            (SQUARES, tensor([1, 1, 1, 1]), "values", "differs in 3 of 4 elements; first at [0]: 0 instead of 1"),
            (tensor([True, False], "bool"), tensor([True, True], "bool"), "values", "differs in 1 of 2"),
            ("float64", "float32", "values", "is 'float64' instead of 'float32'"),
            ((2, 3), (3, 2), "values", "is (2, 3) instead of (3, 2)"),
            ((2, 3), (2, 3), "equal", "is as expected"),
            (Opaque(kind="text", text="a"), "a", "equal", "is as expected"),
            (Opaque(kind="bool", text="True"), True, "equal", "is as expected"),
            (Opaque(kind="other", text="Foo"), SQUARES, "values", "is Foo instead of [0, 1, 4, 9]"),
            (7, 7.0, "equal", "is as expected"),
        ],
    )
    def test_each_difference_has_its_name(self, actual, expected, kind, message):
        comparison = compare(actual, expected)
        assert comparison.kind == kind
        assert message in comparison.message
        assert comparison.equal == (kind == "equal") == (comparison.share == 1.0)

    def test_one_expected_number_is_meant_everywhere(self):
        assert compare(tensor([2, 2]), tensor(2)).equal
        assert compare(tensor([[2]]), tensor([2])).equal

    def test_one_number_is_no_vector(self):
        assert compare(tensor(2), tensor([2, 2])).kind == "shape"

    def test_the_worst_element_and_the_tolerance_are_named(self):
        comparison = compare(tensor([1, 2, 3, 9]), tensor([1, 2.5, 3, 4]))
        expected = (
            "differs in 2 of 4 elements; first at [1]: 2 instead of 2.5 "
            "(greatest difference 5 at [3], allowed 1.3e-06 relative)"
        )
        assert comparison.message == expected
        assert comparison.share == 0.5
        assert (comparison.actual, comparison.expected) == ("[1, 2, 3, 9]", "[1, 2.5, 3, 4]")

    def test_positions_in_matrices_have_two_numbers(self):
        assert "first at [1, 0]" in compare(tensor([[1, 2], [3, 4]]), tensor([[1, 2], [7, 4]])).message

    def test_small_differences_are_shown_with_enough_digits(self):
        comparison = compare(tensor([1 / 3, 5], "float64"), tensor([1 / 3 + 1.5e-7, 5], "float64"))
        assert "0.333333333 instead of 0.333333483" in comparison.message

    def test_a_given_tolerance_counts(self):
        assert compare(SQUARES, tensor([0, 1, 4, 9.5]), tolerance=Tolerance(rtol=0.1, atol=0)).equal

    def test_integers_are_exact(self):
        assert not compare(tensor([10**9], "int64"), tensor([10**9 + 1], "int64")).equal


class TestCauses:
    """A message names a cause only where that was seen to happen."""

    SUM = Happened(reduced="sum", elements=4)
    MEAN = Happened(reduced="mean", elements=4)

    @pytest.mark.parametrize(
        ("actual", "happened", "kind", "message"),
        [
            (
                [0, 3, 12, 27],
                Happened(passes=3),
                "accumulated",
                "is 3 times the expected value: 3 passes have added up",
            ),
            ([0, 3, 12, 27], Happened(passes=1), "scaled", "is 3 times the expected value"),
            ([0, 3, 12, 27], Happened(passes=2), "scaled", "is 3 times the expected value"),
            ([0, 10, 40, 90], Happened(passes=1), "scaled", "is 10 times the expected value"),
            ([0, 4, 16, 36], SUM, "scaled", "4 is the number of elements: sum instead of mean?"),
            ([0, 4, 16, 36], MEAN, "scaled", "is 4 times the expected value, and 4 is the number of elements"),
            ([0, 4, 16, 36], Happened(), "scaled", "is 4 times the expected value, and 4 is the number of elements"),
            ([0, 4, 16, 36], Happened(passes=4), "accumulated", "4 passes have added up"),
            ([0, 0.25, 1, 2.25], MEAN, "scaled", "divided by 4, the number of elements: mean instead of sum?"),
            ([0, 0.25, 1, 2.25], SUM, "scaled", "is the expected value divided by 4, the number of elements"),
            ([0, 0.25, 1, 2.25], Happened(), "scaled", "is the expected value divided by 4, the number of elements"),
        ],
    )
    def test_are_said_where_they_were_seen(self, actual, happened, kind, message):
        comparison = compare(tensor(actual), SQUARES, happened=happened)
        assert comparison.kind == kind
        if message.endswith(("value", "elements")):
            assert comparison.message == message
        else:
            assert message in comparison.message

    def test_a_mean_over_a_number_that_was_broadcast(self):
        comparison = compare(tensor(3.0), tensor(12.0), happened=self.MEAN)
        assert comparison.message == "is the expected value divided by 4, the number of elements: mean instead of sum?"
        assert "mean" not in compare(tensor(3.0), tensor(12.0)).message

    def test_what_happened_is_read_from_the_pass(self):
        ones, quarters = tensor([1, 1, 1, 1]), tensor([0.25] * 4)
        of = {"passes": 2, "root": tensor(14.0), "output": SQUARES}
        assert happened_in({**of, "weights": ones}, accumulates=True) == Happened(passes=2, reduced="sum", elements=4)
        assert happened_in({**of, "root": tensor(3.5), "weights": quarters}, accumulates=False) == self.MEAN
        # The root is the sum, and was given the weight 1/4.
        assert happened_in({**of, "weights": quarters}, accumulates=False) == Happened(elements=4)
        assert happened_in({**of, "weights": tensor([1, 2, 3, 4])}, accumulates=True) == Happened(passes=2, elements=4)
        assert happened_in({**of, "root": SQUARES, "weights": ones}, accumulates=False) == Happened()
        assert happened_in({"x": SQUARES}, accumulates=True) == Happened()

    def test_passes_add_up_only_where_grad_is_their_sum(self) -> None:
        two, four, eight = tensor([2, 4]), tensor([4, 8]), tensor([8, 16])
        of = {"passes": 2, "grad_before": two, "gradient": two}
        assert happened_in({**of, "grad": four}, accumulates=True).passes == 2
        assert happened_in({**of, "grad": eight}, accumulates=True).passes == 0


class TestNotANumber:
    def test_never_equals(self):
        comparison = compare(tensor(math.nan), tensor(1.0))
        assert comparison.kind == "nan"
        assert not comparison.equal

    def test_where_it_is_expected_nothing_is_compared(self):
        assert compare(tensor([7, 1, 4, 9]), tensor([math.nan, 1, 4, 9])).equal
        assert compare(tensor([7, 1, 4, 8]), tensor([math.nan, 1, 4, 9])).kind == "values"
        assert compare(tensor([math.nan, 1]), tensor([math.nan, 1])).equal

    def test_expected_everywhere_nothing_can_be_judged(self):
        for expected in (tensor(math.nan), tensor([math.nan] * 4)):
            comparison = compare(SQUARES, expected)
            assert (comparison.equal, comparison.kind) == (False, "undefined")
            assert "cannot be judged" in comparison.message

    def test_does_not_hide_the_rest(self):
        comparison = compare(tensor([0, math.nan, 4, 7]), SQUARES)
        assert comparison.message == (
            "is NaN (not a number) at 1 of 4 positions, first at [1]; of the other elements 1 differ, first at [3]"
        )
        assert comparison.share == 0.5

    def test_says_that_the_rest_agrees(self):
        assert compare(tensor([0, math.nan, 4, 9]), SQUARES).message.endswith("; the other elements agree")

    def test_infinities_differ_from_numbers(self):
        assert compare(tensor([math.inf, 1]), tensor([2, 1])).kind == "values"
        assert compare(tensor([2, 1]), tensor([math.inf, 1])).kind == "values"


class TestShow:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (SQUARES, "[0, 1, 4, 9]"),
            (4.000000001, "4"),
            (tensor(4.0), "4"),
            (1 / 3, "0.333333"),
            (1234567.0, "1234567"),
            (1.3e-6, "1.3e-06"),
            (-0.0, "0"),
            (math.nan, "NaN"),
            (-math.inf, "-inf"),
            (True, "True"),
            (None, "None"),
            (Opaque(kind="none"), "None"),
            ("a", "'a'"),
            ((3,), "(3,)"),
            (tensor([[1, 2.5], [3, 4]]), "[[1, 2.5], [3, 4]]"),
            (tensor([]), "[]"),
            (tensor([True, False], "bool"), "[True, False]"),
            (tensor([1 + 2j, -1j], "complex64"), "[1+2j, 0-1j]"),
            (tensor(np.arange(100)), "[0, 1, 2, …, 97, 98, 99] (100 elements)"),
            (tensor(np.arange(100).reshape(10, 10)), "[[0, …, 9], …, [90, …, 99]] (shape (10, 10))"),
            (tensor(np.arange(8).reshape(2, 2, 2)), "[0, 1, 2, 3, 4, 5, 6, 7] (shape (2, 2, 2))"),
            (UNRECORDED, "an array of shape (1000, 1000), too large to be shown"),
            (Undefined("no x"), "not to be computed (no x)"),
            (object(), "a value of type object"),
        ],
    )
    def test_renders_for_people(self, value, text):
        assert show(value) == text


_numbers = st.floats(width=32) | st.sampled_from([0.0, 1.0, -1.0, 2.0, math.nan, math.inf])
_arrays = st.one_of(
    st.lists(_numbers, max_size=5).map(tensor),
    st.lists(_numbers, min_size=4, max_size=4).map(lambda row: tensor(np.reshape(row, (2, 2)))),
    st.lists(st.integers(-(2**62), 2**62), max_size=4).map(lambda row: tensor(row, "int64")),
    st.lists(st.booleans(), max_size=4).map(lambda row: tensor(row, "bool")),
    st.lists(st.complex_numbers(width=64), max_size=4).map(lambda row: tensor(row, "complex64")),
)
_any = _arrays | st.sampled_from([None, UNRECORDED, "a", (1,), 3, 2.5, True, Undefined("gone"), Opaque(kind="other")])


class TestProperties:
    @given(_any, _any)
    def test_compares_anything_with_anything(self, actual, expected):
        comparison = compare(actual, expected)
        assert comparison.message
        assert 0 <= comparison.share <= 1
        assert comparison.equal == (comparison.kind == "equal")
        assert len(comparison.message) < 600

    @given(_arrays)
    def test_an_array_equals_itself_unless_it_holds_nothing_but_nan(self, array):
        assert compare(array, array).equal == (array.data.size == 0 or not np.isnan(array.data).all())

    @given(_arrays, _arrays)
    def test_never_equal_where_numpy_sees_a_difference(self, actual, expected):
        if compare(actual, expected).equal and actual.shape == expected.shape:
            wanted = ~np.isnan(expected.data)
            ours, theirs = actual.data[wanted].astype(complex), expected.data[wanted].astype(complex)
            np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=2e-5)


def test_values_are_put_into_words_for_those_who_ask_only(monkeypatch: pytest.MonkeyPatch) -> None:
    agree = compare(2.0, 2.0)
    assert (agree.expected, agree.actual) == ("2", "2")
    monkeypatch.setattr(comparison, "show", None)
    assert compare(2.0, 2.0).equal


class TestHostileNumbers:
    def test_a_ratio_whose_inverse_is_infinite(self):
        comparison = compare(tensor([1e-299, 1e-299], "float64"), tensor([1e10, 1e10], "float64"))
        assert (comparison.equal, comparison.kind) == (False, "scaled")

    def test_a_whole_number_beyond_any_float(self):
        comparison = compare(10**400, 1)
        assert not comparison.equal
        assert "too large" in comparison.message
        assert "too large" in comparison.actual

    def test_a_signalling_nan_is_an_ordinary_one(self):
        data = np.frombuffer(b"\1\0\xa0\x7f", "f4")
        signalling = Array(kind="tensor", dtype="float32", shape=data.shape, data=data)
        assert compare(signalling, tensor([1.0])).kind == "nan"


class TestGradientsThatMustNotFlow:
    @pytest.mark.parametrize(
        ("observed", "actual", "said"),
        [
            ("w.gradient", tensor([0, 0.5]), "a gradient flows there, and none may; its element [1] is 0.5"),
            ("gradient", tensor(2.0), "is 2 instead of None: a gradient flows there, and none may"),
            ("gradient", tensor([0, 0.0]), "instead of None: a backward pass reaches it, and none may"),
        ],
    )
    def test_it_is_said_what_flows(self, observed: str, actual: Array, said: str) -> None:
        assert said in predicate_of(compare(actual, None), parse(observed))

    def test_of_other_values_nothing_is_said(self) -> None:
        assert predicate_of(compare(tensor(2.0), None), parse("output")) == "is 2 instead of None"

"""Hidden inputs: what an exercise may ask for, and that equal seeds draw equal arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from grader.judging.functions.hidden_inputs import Inputs, InputSpec, InputSpecs, OwnInputs, draw
from grader.language.validation import in_words

ADAPTER: TypeAdapter[Inputs] = TypeAdapter(InputSpec)


def spec(**fields: Any) -> Inputs:
    return ADAPTER.validate_python(fields)


def mistakes(**fields: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        spec(**fields)
    return [f"{'.'.join(map(str, loc))}: {text}" for loc, text in in_words(caught.value)]


class TestDraw:
    SPECS = (
        spec(normal=(2, 3), count=3),
        spec(value=((1.0, 2.0), (3.0, 4.0))),
        spec(uniform=(3,), low=-2.0, high=0.0),
        spec(integers=(2,), low=0, high=1, count=2),
        spec(value=5),
    )

    def test_values_come_first_in_their_order_and_then_the_small_ones(self) -> None:
        shapes = [array.shape for array in draw(self.SPECS, seed=0, key="k")]
        assert shapes == [(2, 2), (), (2,), (2,), (3,), (2, 3), (2, 3), (2, 3)]

    def test_the_same_seed_and_key_give_the_same_arrays(self) -> None:
        first, again = draw(self.SPECS, seed=7, key="k"), draw(self.SPECS, seed=7, key="k")
        assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(first, again, strict=True))

    @pytest.mark.parametrize(("seed", "key"), [(8, "k"), (7, "other")])
    def test_another_seed_or_key_gives_others(self, seed: int, key: str) -> None:
        first, other = draw(self.SPECS, seed=7, key="k"), draw(self.SPECS, seed=seed, key=key)
        assert not np.array_equal(first[-1], other[-1])

    def test_what_one_entry_draws_does_not_depend_on_the_others(self) -> None:
        (alone,) = draw((spec(normal=(3,)),), seed=0, key="k")
        *_, companions = draw((spec(normal=(3,)), spec(value=1)), seed=0, key="k")
        assert np.array_equal(alone, companions)

    def test_equal_entries_draw_different_arrays(self) -> None:
        first, second = draw((spec(normal=(3,)), spec(normal=(3,))), seed=0, key="k")
        assert not np.array_equal(first, second)

    def test_arrays_are_read_only(self) -> None:
        assert not any(array.flags.writeable for array in draw(self.SPECS, seed=0, key="k"))

    def test_uniform_stays_between_its_bounds(self) -> None:
        (array,) = draw((spec(uniform=(100, 100), low=-2, high=0),), seed=0, key="k")
        assert -2 <= array.min() < -1.9
        assert -0.1 < array.max() <= 0

    def test_integers_include_both_bounds(self) -> None:
        (array,) = draw((spec(integers=(1000,), low=-1, high=2),), seed=0, key="k")
        assert set(array.tolist()) == {-1, 0, 1, 2}

    def test_an_empty_shape_is_a_number(self) -> None:
        (array,) = draw((spec(normal=()),), seed=0, key="k")
        assert array.shape == ()

    @pytest.mark.parametrize(
        ("fields", "dtype"),
        [
            ({"value": (1, 2)}, "float32"),
            ({"value": 1, "dtype": "int64"}, "int64"),
            ({"value": (True, False)}, "bool"),
            ({"normal": (2,)}, "float32"),
            ({"normal": (2,), "dtype": "float64"}, "float64"),
            ({"uniform": (), "low": 0, "high": 1}, "float32"),
            ({"integers": (2,), "low": 0, "high": 5}, "int64"),
            ({"integers": (), "low": 0, "high": 5, "dtype": "float32"}, "float32"),
        ],
    )
    def test_dtypes(self, fields: dict[str, Any], dtype: str) -> None:
        (array,) = draw((spec(**fields),), seed=0, key="k")
        assert array.dtype == dtype

    def test_an_entry_reads_the_same_in_a_key_every_time(self) -> None:
        assert repr(spec(normal=(3,), count=8)) == "NormalInputs(count=8, normal=(3,), dtype='float32')"


class TestOwn:
    """The arguments of the student's own calls are known in the sandbox only."""

    def test_is_a_word(self) -> None:
        own = ADAPTER.validate_python("own")
        assert isinstance(own, OwnInputs)
        assert ADAPTER.dump_python(own) == "own"

    def test_draws_nothing(self) -> None:
        drawn = draw((ADAPTER.validate_python("own"), spec(value=5)), seed=0, key="k")
        assert [array.tolist() for array in drawn] == [5]


class TestMistakes:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            ({"value": "x"}, "value: expected numbers, found the text `x`"),
            ({"value": (True, 1)}, "value: numbers and truth values cannot stand in one tensor"),
            ({"value": 1, "dtype": "bool"}, ": `dtype: bool` is for truth values, and these for `dtype: bool`"),
            ({"value": None}, "value: expected numbers, found nothing"),
            ({"value": (1, (2,))}, "value: the rows are not of equal length"),
            ({"value": ((1, 2), (3,))}, "value: the rows are not of equal length"),
            ({"value": ()}, "value: a list must not be empty"),
            ({"value": (0,) * 100_001}, "value: has more than 100000 elements"),
            ({"value": ((((((((((1,),),),),),),),),),)}, "value: has more than 8 dimensions"),
            ({"value": float("nan")}, ": `value` must be made of finite numbers within the range of float32"),
            ({"value": 1e300}, ": `value` must be made of finite numbers within the range of float32"),
            (
                {"value": 1.5, "dtype": "int64"},
                ": with `dtype: int64`, `value` must be made of whole numbers of 64 bits",
            ),
            (
                {"value": 2**63, "dtype": "int64"},
                ": with `dtype: int64`, `value` must be made of whole numbers of 64 bits",
            ),
            ({"value": 1, "count": 3}, "count: expected 1, found the number 3"),
            ({"normal": 3}, "normal: expected a list, found the number 3"),
            ({"normal": (0,)}, "normal.0: must be 1 or more; found the number 0"),
            ({"normal": (2.5,)}, "normal.0: expected a whole number, found the number 2.5"),
            ({"normal": (1000, 1000)}, "normal: has more than 100000 elements"),
            ({"normal": (3,), "count": 0}, "count: must be 1 or more; found the number 0"),
            ({"normal": (3,), "count": 201}, "count: must be 200 or less; found the number 201"),
            ({"normal": (3,), "dtype": "int64"}, "dtype: expected `float32` or `float64`, found the text `int64`"),
            ({"uniform": (3,), "low": 0}, ": `high` is missing"),
            ({"uniform": (3,), "low": 2, "high": 1}, ": `low` (2) must not be greater than `high` (1)"),
            (
                {"uniform": (3,), "low": float("-inf"), "high": 1},
                "low: expected a finite number, found the number -inf",
            ),
            (
                {"uniform": (3,), "low": 0, "high": 1, "hihg": 2},
                "hihg: unknown key; known: count, dtype, high, low, uniform",
            ),
            ({"integers": (3,), "low": 0.5, "high": 1}, "low: expected a whole number, found the number 0.5"),
            ({"integers": (3,), "low": 2, "high": 1}, ": `low` (2) must not be greater than `high` (1)"),
            ({"value": 1, "normal": (3,)}, ": `value` and `normal` exclude each other; write two entries"),
            (
                {"nromal": (3,)},
                ": needs one of `value`, `normal`, `uniform`, `integers`, `booleans`, `file`; did you mean `normal`?",
            ),
            ({"zzz": (3,)}, ": needs one of `value`, `normal`, `uniform`, `integers`, `booleans`, `file`"),
        ],
    )
    def test_are_said_in_words(self, fields: dict[str, Any], expected: str) -> None:
        assert mistakes(**fields) == [expected]

    @pytest.mark.parametrize(
        ("specs", "expected"),
        [
            (({"normal": (1,), "count": 200}, {"value": 1}), "201 inputs are asked for; at most 200 are possible"),
            ((), "must not be empty; found a list"),
        ],
    )
    def test_of_all_entries_together(self, specs: tuple[dict[str, Any], ...], expected: str) -> None:
        with pytest.raises(ValidationError) as caught:
            TypeAdapter(InputSpecs).validate_python(specs)
        ((_, text),) = in_words(caught.value)
        assert text == expected

    def test_what_is_no_mapping(self) -> None:
        with pytest.raises(ValidationError) as caught:
            ADAPTER.validate_python("owns")
        ((_, text),) = in_words(caught.value)
        assert text == "expected an input such as `value: [1.0, 2.0]`, `normal: [3]` or `own`, found the text `owns`"

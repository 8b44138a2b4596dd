"""Elements, items and attributes of values, and comparisons of structures and texts."""

from __future__ import annotations

import numpy as np
import pytest

from grader.language.expression import ATTRIBUTES, ExpressionError, Role, Undefined, parse
from grader.language.values import show
from grader.model import Array, Opaque, Structure


def tensor(data, dtype="float32", **fields):
    array = np.asarray(data, dtype=dtype)
    return Array(kind="tensor", dtype=dtype, shape=array.shape, data=array, **fields)


def structure(kind, *items, cut=False, **named):
    return Structure(kind=kind, keys=tuple(named), items=(*items, *named.values()), cut=cut)


M = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
V = tensor([1.0, 2.0, 3.0])
W = Role(value=V, gradient=tensor([2.0, 4.0, 6.0]), parts={"second": tensor([2.0, 2.0, 2.0]), "changed": False})
B = Role(value=tensor(1.0), gradient=tensor(3.0))
VARIABLES = {
    "m": M,
    "v": V,
    "w": W,
    "pair": structure("tuple", M, Opaque(kind="none")),
    "numbers": structure("list", tensor(1.0), tensor(2, "int64"), tensor(3.0)),
    "names": structure("list", Opaque(kind="text", text="a"), Opaque(kind="text", text="b")),
    "output": structure("dict", loss=tensor(5.0), logits=structure("list", M, V)),
    "returned": structure("tuple", tensor(2, "int64"), tensor(3, "int64")),
    "cut": structure("list", V, cut=True),
    "params": Role(value=structure("list", V, tensor(1.0)), items={0: W, 1: B}, parts={"after": structure("list", M)}),
    "cache": Role(value=structure("dict", x=V), items={"x": W}),
    "none": None,
    "stops": structure("list", Opaque(kind="bool", text="False"), Opaque(kind="bool", text="True")),
    "operations": ("MulBackward0", "PowBackward0", "SqrtBackward"),
    "no_operations": (),
}


def holds(text):
    return parse(text).holds(VARIABLES)


def value(text):
    return parse(text).evaluate(VARIABLES)


class TestElements:
    @pytest.mark.parametrize(
        "text",
        [
            "v[0] == 1",
            "v[-1] == 3",
            "m[0, 1] == 2",
            "m[1] == [4, 5, 6]",
            "m[:, 1] == [2, 5]",
            "m[..., -1] == [3, 6]",
            "v[1:3] == [2, 3]",
            "v[::2] == [1, 3]",
            "m / sum(m, 1)[:, None] == m / [[6], [15]]",
            "m.shape[0] == 2 and shape(m)[1] == 3 and m.shape[1:] == (3,)",
            "m.T[2] == [3, 6]",
            "(m @ v)[0] == 14",
            "pair[0] == m and pair[1] == None",
            "pair[0][1, 2] == 6 and pair[0].shape == (2, 3)",
            'output["loss"] == 5 and output["logits"][1] == v',
            "output['logits'][0].T.shape == (3, 2)",
            "params[0].gradient == 2 * params[0] and params[-1].gradient == 3",
            "params[0].second == 2 and not params[0].changed and params.after[0] == m",
            'cache["x"].gradient == [2, 4, 6] and cache["x"] == v',
            "w.gradient[0] == 2 and w[0] == 1",
            "w.T == v and w.shape == (3,) and w.gradient.shape == (3,)",
            'operations[0] == "MulBackward0"',
            "cut[0] == v",
        ],
    )
    def test_are_taken_out(self, text):
        assert holds(text)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("v[3]", "`v` has shape (3,), so `[3]` is not there"),
            ("v[0, 0]", "`v` has shape (3,), so `[0, 0]` is not there"),
            ('v["loss"]', '`v` is no dictionary, so it has no item ["loss"]'),
            ("pair[2]", "`pair` has 2 items, so `[2]` is not there"),
            ('pair["a"]', '`pair` is a tuple and has no ["a"]'),
            ('output["los"]', '`output` has no item ["los"]; it has "loss" and "logits"'),
            ("output[0]", 'it has "loss" and "logits"'),
            ("none[0]", "`none` is None"),
            ("cut[1]", "not all items of `cut` were recorded"),
            ("cut[-1]", "not all items of `cut` were recorded"),
            ("w[0].gradient", "`w[0]` has no `.gradient` here"),
            ("output.shape", "`output` has no `.shape`, but its items may have one"),
            ("output.grad", "ask it of one of its items"),
            ("missing[0][1]", "`missing` was not observed"),
            ("pair + 1", "is no number, but a tuple of 2 items"),
            ("v.second", "`v` has no `.second` here"),
            ("w.after", "`w` has no `.after` here"),
        ],
    )
    def test_that_are_not_there_are_undefined(self, text, reason):
        found = value(text)
        assert isinstance(found, Undefined)
        assert reason in found.reason
        assert not holds(f"({text}) == x or ({text}) != x")

    @pytest.mark.parametrize(
        ("text", "part"),
        [
            ("x[1.5]", "an index is a whole number, a slice such as `1:3`, a value such as `ids`, or a text in quotes"),
            ("x[i:3]", "an index is a whole number"),
            ("x[-True]", "an index is a whole number"),
            ("x[ids, labels]", "only one position can be a value"),
            ("x[x.sum()]", "write `sum(…)`"),
            ("x[()]", "nothing is asked for"),
            ("x[::0]", "cannot be 0"),
            ("x[True]", "an index is a whole number"),
            ('x["a", 0]', "an index is a whole number"),
            ("sum[0]", "`sum` is a function"),
            ("x" + "[0]" * 60, "more than 40 pairs"),
            ("x.T" + "[0, 0]" * 60, "nested more than 40"),
            ("(x + 1).gradient", "can only be asked of a name"),
        ],
    )
    def test_that_cannot_be_asked_for_are_refused(self, text, part):
        with pytest.raises(ExpressionError, match=r".") as caught:
            parse(text)
        assert part in str(caught.value)


class TestPositionsThatAreAValue:
    """Rows of a table, as an embedding takes them."""

    IDS = tensor([[2, 0], [2, 2]], "int64")
    STACK = tensor(np.arange(24.0).reshape(2, 3, 4))

    def value(self, text, **more):
        return parse(text).evaluate(
            {**VARIABLES, "ids": self.IDS, "stack": self.STACK, "one": tensor(1, "int64"), **more}
        )

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("m.T[ids]", M.data.T[IDS.data]),
            ("m[:, ids]", M.data[:, IDS.data]),
            ("m[0, ids]", M.data[0][IDS.data]),
            ("m[..., ids]", M.data[..., IDS.data]),
            ("v[[2, 0]]", [3, 1]),
            ("m[one]", [4, 5, 6]),
            ("m[-one, 0]", 4),
            ("m[argmax(m[:, 0])]", [4, 5, 6]),
            ("v[argmax(m, 1)]", [3, 3]),
            ("stack[0, :, [1, 3]]", STACK.data[0][:, [1, 3]]),
            ("stack[:, [2, 2, 0], 1]", STACK.data[:, [2, 2, 0], 1]),
            ("stack[..., [0, 1], 2]", STACK.data[..., [0, 1], 2]),
            ("stack[None, ..., [3]]", STACK.data[None][..., [3]]),
            ("m[m > 2]", [3, 4, 5, 6]),
            ("m[v[:2] == 1]", [[1, 2, 3]]),
            ("v[not (v == 2)]", [1, 3]),
            ("numbers[[1, 0]]", [2, 1]),
        ],
    )
    def test_are_those_of_torch(self, text, expected):
        found = self.value(text)
        np.testing.assert_array_equal(found.data, expected)
        assert not found.data.flags.writeable

    def test_that_are_one_number_also_take_items(self):
        assert parse("pair[one] == None and params[one - 1].gradient == 2 * v and cut[one - 1] == v").holds(
            {**VARIABLES, "one": tensor(1, "int64")}
        )

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("v[ids + 1]", "`v` has shape (3,), so not all that `ids + 1` says is there"),
            ("v[ids / 4]", "`ids / 4` is neither whole numbers nor a mask"),
            ("v[None + 1]", "None is no number"),
            ("v[names]", "is no number"),
            ("output[ids]", "is no number"),
            ("one[ids]", "`one` is a single number"),
            ("m[m > 2, 0]", "of which a mask of shape (2, 3) selects nothing"),
            ("m[v > 2]", "of which a mask of shape (3,) selects nothing"),
            ("v[1 > 0]", "neither whole numbers nor a mask"),
            ("v[0, ids]", "so `[0, :]` is not there"),
            ("v[nowhere]", "`nowhere` was not observed"),
            ("wide[many]", "would have more than 100000 elements"),
        ],
    )
    def test_that_are_not_there_are_undefined(self, text, reason):
        many = tensor(np.zeros(10_000), "int64")
        found = self.value(text, wide=tensor(np.zeros((2, 1000))), many=many)
        assert isinstance(found, Undefined)
        assert reason in found.reason

    def test_have_the_names_of_both_read(self):
        assert parse("table[ids + 1]").names == {"table", "ids"}
        assert parse("2 * table[ids]").paths == {"table", "ids"}


class TestStructures:
    def test_are_equal_where_their_items_are(self):
        assert holds("output == output and pair == pair and pair != output and params == params")
        assert not holds("pair == params or cut == cut")
        assert parse("cut == cut").is_unrecorded(VARIABLES)

    def test_lists_of_numbers_are_arrays(self):
        assert holds("numbers == [1, 2, 3] and numbers == v and sum(numbers) == 6 and numbers.shape == (3,)")
        assert holds("size(numbers) == 3 and size(pair) == 2 and size(output) == 2 and mean(numbers[1:]) == 2.5")

    def test_lists_of_truth_values_are_arrays(self):
        assert holds("stops == [False, True] and any(stops) and not all(stops)")
        assert not holds("stops == [False, False] or stops == [True]")
        with pytest.raises(ExpressionError, match="only numbers can stand in a list, only truth values, or only texts"):
            parse("stops == (True, False)")

    @pytest.mark.parametrize(
        "text",
        [
            "v == [v[0], 2, v[-1]] and [v[1], v[0]] == [2, 1] and sum([v[0], 4]) == 5",
            "m == [v, 3 + v] and [v, v].shape == (2, 3) and [m[0], m[1]].T == m.T",
            "pair == [m, None] and pair != [m, m] and [m, None] == pair",
            "m.shape == [size(numbers) - 1, size(v)] and names == [names[0], names[1]]",
            "any([v[0], 9] == [7, 9]) and [v, [m, None]] == [v, pair] and params == [v, 1 * 1.0]",
            "m @ [v[0], 0, -v[0]] == [-2, -2]",
        ],
    )
    def test_can_be_made_of_what_is_computed(self, text):
        assert holds(text)

    def test_made_of_what_is_not_there_are_undefined(self):
        assert "`v` has shape (3,)" in value("[v[0], v[3]]").reason
        assert "no number" in value("[v, 1] + 1").reason

    def test_are_shown_in_short(self):
        assert show(VARIABLES["output"]) == '{"loss": 5, "logits": [[[1, 2, 3], [4, 5, 6]], [1, 2, 3]]}'
        assert show(structure("tuple", tensor(1.0))) == "(1,)"
        assert show(structure("list", *[tensor(1.0)] * 9)) == "[1, 1, 1, 1, …] (9 items)"


class TestTexts:
    @pytest.mark.parametrize(
        "text",
        [
            'names == ["a", "b"] and names != ["b", "a"] and names != ["a"]',
            'any(operations == "MulBackward0") and not any(operations == "AddBackward0")',
            "size(operations) == 3 and size(no_operations) == 0 and no_operations == []",
            'all(operations != "AddBackward0") and not all(operations == "MulBackward0")',
            '["a", "a"] == "a"',
            'not any(no_operations == "a") and no_operations != "a"',
            'has_node("PowBackward0") and has_node("PowBackward") and has_node("pow") and has_node("PowBackward1")',
            'has_node("sqrt") and not has_node("SqrtBackward0") and not has_node("po")',
        ],
    )
    def test_are_compared_one_by_one(self, text):
        assert holds(text)

    def test_a_node_is_unknown_without_a_graph(self):
        assert isinstance(parse('has_node("pow")').evaluate({}), Undefined)
        assert not parse('not has_node("pow")').holds({"operations": None})
        assert parse('has_node("pow")').names == {"operations"}

    def test_numbers_and_texts_do_not_mix(self):
        with pytest.raises(ExpressionError, match="either numbers or texts"):
            parse('x == ["a", 1]')


class TestWhatIsRead:
    def test_paths_are_variables_and_their_items(self):
        line = parse("params[0].gradient + cache['x'] @ x.T[0] == output['loss'].shape[0] * x + pi")
        assert line.names == {"params", "cache", "x", "output"}
        assert line.paths == {"params[0]", 'cache["x"]', "x", 'output["loss"]'}
        assert line.attributes == {("params[0]", "gradient"), ("x", "T"), ('output["loss"]', "shape")}
        assert line.reads("gradient")

    @pytest.mark.parametrize(
        ("text", "part"),
        [
            ("w.gradient", ("w", "gradient")),
            ("params[0] . gradient", ("params[0]", "gradient")),
            ("cache['x']", ('cache["x"]', "")),
            ("gradient", ("gradient", "")),
            ("w.gradient.shape", None),
            ("-w", None),
            ("x[0, 1]", None),
            ("pi", None),
        ],
    )
    def test_knows_which_part_of_a_variable_it_is(self, text, part):
        assert parse(text).part == part

    def test_equations_are_of_items_too(self):
        found = list(parse("output['loss'] == 5").equations(VARIABLES))
        assert [(text, show(observed), wanted) for text, observed, wanted in found] == [('output["loss"]', "5", 5)]


class TestComparisonsThatNeverHold:
    @pytest.mark.parametrize(
        ("text", "part"),
        [
            (
                "shape(x) == 4",
                "`shape(x)` is a shape and `4` is a number, which are never equal; a shape is written `(4,)`",
            ),
            ("x.shape != [2, 3]", "a shape is written `(2, 3)`"),
            ("(3) == x.shape", "a shape is written `(3,)`"),
            ("size(x) == (3,)", "is a number and"),
            ("shape(x) > 2", "neither greater nor less"),
            ("'a' < 'b'", "neither greater nor less"),
            ("x.dtype == 32", "is a text and `32` is a number"),
            ("x.dtype == 'torch.float32'", "did you mean `float32`?"),
            ("x.dtype == 'float'", "is no dtype"),
            (
                'operations == "AddBackward0"',
                'write `has_node("AddBackward0")`, or `any(operations == "AddBackward0")`',
            ),
            ('x > 0 and "AddBackward0" != operations', 'write `not has_node("AddBackward0")`'),
            ("1 < x and (0 < 1 or x.shape == 'a')", "is a text"),
        ],
    )
    def test_are_refused(self, text, part):
        with pytest.raises(ExpressionError, match=r".") as caught:
            parse(text)
        assert part in str(caught.value)

    @pytest.mark.parametrize("text", ["x == None", "x.shape == y", "size(x) == 3", "x.shape[0] == 3", "[1, 2] == 1"])
    def test_others_are_not(self, text):
        parse(text)


def test_every_attribute_is_shown_and_explained():
    assert all(name in entry.usage and entry.about.endswith(".") for name, entry in ATTRIBUTES.items())

"""Hidden arguments: what an exercise may write, what a call then gets, and what is said of mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from grader.judging.functions.argument_roles import CallRecord, roles_of
from grader.judging.functions.hidden_arguments import ArgumentSets, draw_arguments
from grader.language.expression import Role
from grader.language.validation import in_words
from grader.model import ArgumentResult, Array, ChangedArgument, job

ADAPTER: TypeAdapter[Any] = TypeAdapter(ArgumentSets)


def read(written: object, folder: Path | None = None) -> Any:
    return ADAPTER.validate_python(written, context=None if folder is None else {"folder": folder})


def drawn(written: object, *, calls: int = 1, seed: int = 0, **more: Any) -> tuple[job.Arguments, ...]:
    return draw_arguments(read(written), calls=calls, seed=seed, key="k", **more)


def argument(written: object) -> job.Argument:
    (call,) = drawn({"w": written})
    return call.by_position[0][1]


def mistakes(written: object, folder: Path | None = None) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        read(written, folder)
    return [f"{'.'.join(map(str, loc))}: {text}" for loc, text in in_words(caught.value)]


class TestWhatIsPassed:
    @pytest.mark.parametrize(
        ("written", "dtype", "requires_grad"),
        [
            ({"normal": (3,)}, "float32", True),
            ({"normal": (3,), "dtype": "float64"}, "float64", True),
            ({"normal": (3,), "requires-grad": False}, "float32", False),
            ({"integers": (3,), "low": 0, "high": 2}, "int64", False),
            ({"booleans": (3,)}, "bool", False),
            ({"value": ((1.0, 2.0),)}, "float32", True),
        ],
    )
    def test_tensors(self, written: object, dtype: str, requires_grad: bool) -> None:
        found = argument(written)
        assert isinstance(found, job.TensorArgument)
        assert (found.data.dtype, found.requires_grad) == (dtype, requires_grad)
        assert not found.data.flags.writeable

    @pytest.mark.parametrize("value", [0.1, 5, True, "mean", None])
    def test_a_plain_value_as_it_is_written(self, value: Any) -> None:
        assert argument(value) == job.PlainArgument(value=value)

    def test_random_numbers_of_python(self) -> None:
        number, whole = argument({"number": {"low": 0.1, "high": 0.5}}), argument({"whole": {"low": 1, "high": 5}})
        assert isinstance(number, job.PlainArgument)
        assert isinstance(whole, job.PlainArgument)
        assert isinstance(number.value, float)
        assert isinstance(whole.value, int)
        assert 0.1 <= number.value <= 0.5
        assert 1 <= whole.value <= 5

    def test_one_of_several(self) -> None:
        calls = drawn({"reduction": {"one-of": ("mean", "sum")}}, calls=20)
        assert {repr(call.by_position[0][1]) for call in calls} == {
            "PlainArgument(value='mean')",
            "PlainArgument(value='sum')",
        }

    def test_lists_tuples_and_dictionaries(self) -> None:
        parameters = argument(({"normal": (2,)}, 3))
        assert isinstance(parameters, job.ManyArguments)
        assert (parameters.kind, len(parameters.items)) == ("list", 2)
        cache = argument({"dict": {"x": {"normal": (3,)}, "shape": (2, 3)}})
        assert isinstance(cache, job.ManyArguments)
        assert (cache.kind, cache.keys) == ("dict", ("x", "shape"))
        assert argument({"tuple": (1, 2)}) == job.ManyArguments(
            kind="tuple", items=(job.PlainArgument(value=1), job.PlainArgument(value=2))
        )

    def test_functions_of_the_course(self) -> None:
        assert argument({"function": "support.bowl"}) == job.SupportArgument(name="bowl.bowl")
        assert argument({"function": "support.bowls.valley"}) == job.SupportArgument(name="bowls.valley")
        assert argument({"made-by": "support.make_net"}) == job.SupportArgument(
            name="make_net.make_net", is_called=True
        )

    def test_by_position_and_by_name(self) -> None:
        (call,) = drawn({"w": 1, "lr": 2}, by_name=["lr"])
        assert [[name for name, _ in some] for some in (call.by_position, call.by_name)] == [["w"], ["lr"]]


class TestDrawing:
    WRITTEN = ({"w": {"value": 1.0}}, {"w": {"normal": (3,)}, "b": {"normal": (3,)}})

    def test_each_mapping_is_drawn_so_often_and_one_without_chance_once(self) -> None:
        assert [len(call.by_position) for call in drawn(self.WRITTEN, calls=3)] == [1, 2, 2, 2]

    def test_the_seed_decides(self) -> None:
        first, again, other = (list(map(repr, drawn(self.WRITTEN, seed=seed))) for seed in (1, 1, 2))
        assert first == again
        assert first[1] != other[1]

    def test_arguments_and_calls_differ_and_do_not_depend_on_each_other(self) -> None:
        one, two = drawn({"w": {"normal": (3,)}, "b": {"normal": (3,)}}, calls=2)
        (alone, _) = drawn({"b": {"normal": (3,)}}, calls=2)
        assert len({repr(argument) for call in (one, two) for _, argument in call.by_position}) == 4
        assert repr(job.Arguments(by_position=one.by_position[1:])) == repr(alone)


class TestFiles:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "exercises"
        (folder / "data").mkdir(parents=True)
        np.save(folder / "data" / "x.npy", np.arange(12.0).reshape(6, 2))
        np.save(folder / "objects.npy", np.array([object()]), allow_pickle=True)
        (folder / "data" / "iris.csv").write_text("a,b,kind\n1,2,x\n3,4,y\n5,6,z\n7,8,x\n9,1,x\n2,2,y\n")
        (folder / "uneven.csv").write_text("1,2\n3\n")
        header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,), }"
        (folder / "cut.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
        (tmp_path / "outside.npy").write_bytes((folder / "data" / "x.npy").read_bytes())
        (folder / "link.npy").symlink_to(tmp_path / "outside.npy")
        return folder

    def test_inputs_and_labels_of_one_sample(self, folder: Path) -> None:
        written = {
            "X": {"file": "iris.csv", "columns": ("a", "b"), "rows": 3},
            "y": {"file": "x.npy", "columns": 0, "rows": 3, "dtype": "int64"},
        }
        sets = read(written, folder)
        samples = []
        for call in draw_arguments(sets, calls=3, seed=0, key="k"):
            (_, inputs), (_, labels) = call.by_position
            assert isinstance(inputs, job.TensorArgument)
            assert isinstance(labels, job.TensorArgument)
            table = [[1, 2], [3, 4], [5, 6], [7, 8], [9, 1], [2, 2]]
            assert inputs.data.tolist() == [table[label // 2] for label in labels.data.tolist()]
            samples.append(tuple(labels.data.tolist()))
        assert len(set(samples)) > 1

    def test_what_a_file_holds_changes_what_results_are_kept_under(self, folder: Path) -> None:
        before = ADAPTER.dump_json(read({"X": {"file": "x.npy"}}, folder))
        np.save(folder / "data" / "x.npy", np.zeros((6, 2)))
        assert ADAPTER.dump_json(read({"X": {"file": "x.npy"}}, folder)) != before

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ({"file": "iris.csv"}, "`x` in row 2 of iris.csv, column `kind`, is no number; name the `columns` that "
             "are meant"),
            ({"file": "iri.csv"}, "there is no file `iri.csv` beside the exercise, nor in the folder `data` there; did "
             "you mean `iris.csv`?"),
            ({"file": "../outside.npy"}, "`../outside.npy` must lie beside the exercise, or in a folder there"),
            ({"file": "link.npy"}, "`link.npy` is a link that leads out of the folder of the exercises; put the file "
             "itself there"),
            ({"file": "objects.npy"}, "objects.npy holds objects of Python; save an array of numbers"),
            ({"file": "cut.npy"}, "cut.npy is no .npy file with real numbers, as `numpy.save` writes it"),
            ({"file": "uneven.csv"}, "row 2 of uneven.csv has 1 columns, and the first has 2"),
            ({"file": "x.txt"}, "`x.txt` must be a .npy or a .csv file"),
            ({"file": "iris.csv", "columns": ("c",)}, "iris.csv has no column `c`; known: a, b, kind"),
            ({"file": "x.npy", "columns": (2,)}, "x.npy has no column 2: it has 2, counted from 0"),
            ({"file": "x.npy", "rows": 7}, "`rows: 7` are more than the 6 of x.npy"),
            ({"file": "x.npy", "dtype": "int64", "requires-grad": True}, "`requires-grad`: only a tensor of floating "
             "point numbers can require a gradient"),
        ],
    )  # fmt: skip
    def test_mistakes(self, folder: Path, written: object, expected: str) -> None:
        assert mistakes({"X": written}, folder) == [f"X: {expected}"]


class TestMistakes:
    KNOWN = (
        "needs one of `value`, `normal`, `uniform`, `integers`, `booleans`, `file`, `number`, `whole`, `function`, "
        "`made-by`, `one-of`, `dict`, `tuple`"
    )

    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ({"w": {"nromal": (3,)}}, [f"w: {KNOWN}; did you mean `normal`?"]),
            (
                {"w": {"x": {"normal": (3,)}}},
                [f"w: {KNOWN}; a dictionary that is passed is written `{{dict: {{…}}}}`"],
            ),
            (
                {"sum": 1, "output": 2, "a b": 3},
                [
                    "sum: `sum` is a function of the expression language; take another name",
                    "output: `output` has a meaning in this kind of check already; take another name",
                    "a b: `a b` cannot be the name of an argument",
                ],
            ),
            (
                {"y": {"integers": (3,), "low": 0, "high": 1, "requires-grad": True}},
                ["y: `requires-grad`: only a tensor of floating point numbers can require a gradient"],
            ),
            (
                {"p": ({"normal": (3,), "grad": {"normal": (2,)}},)},
                ["p.0: `grad` has the shape (2,), and its tensor (3,)"],
            ),
            ({"w": {"normal": (3,), "requires_grad": False}}, ["w.requires_grad: unknown key; did you mean "
             "`requires-grad`?"]),
            ({"f": {"dict": {"a": {"value": "x"}}, "z": 1}}, ["f.z: unknown key beside `dict`", "f.dict.a.value: "
             "expected numbers, found the text `x`"]),
            ({"w": {"file": "x.npy"}}, ["w: a file can be named in the file of an exercise only"]),
            ({"w": float("inf")}, ["w: expected a finite number, found the number inf"]),
            ({"w": ((((1,),),),)}, ["w.0.0.0: lists and mappings are nested more than 3 deep"]),
            ({"w": {"normal": (1000, 90)}, "v": {"normal": (1000, 90)}, "u": ({"normal": (1000, 90)},) * 3},
             [": has 450000 elements in all tensors; at most 400000 are possible"]),
            ((), [": must not be empty"]),
            (5, [": expected arguments such as `{w: {normal: [3]}, lr: 0.1}`, found the number 5"]),
        ],
    )  # fmt: skip
    def test_are_said_in_words(self, written: object, expected: list[str]) -> None:
        assert mistakes(written) == expected

    def test_of_functions_that_the_course_does_not_have(self, tmp_path: Path) -> None:
        (tmp_path / "support").mkdir()
        (tmp_path / "support" / "bowls.py").write_text("def valley(x):\n    return x\n")
        folder = tmp_path / "exercises"
        assert read({"f": {"function": "support.bowls.valley"}}, folder)
        assert mistakes({"f": {"function": "bowls"}}) == [
            "f: `bowls` must be a function of the course's `support/`: `support.bowl`, the function `bowl` of "
            "support/bowl.py, or `support.bowls.valley`"
        ]
        assert mistakes({"f": {"function": "support.bowl"}}, folder) == [
            "f: there is no support/bowl.py in the course's folder; did you mean `bowls`?"
        ]
        assert mistakes({"f": {"made-by": "support.bowls.vally"}}, folder) == [
            "f: support/bowls.py has no function `vally`; did you mean `valley`?"
        ]


class TestAsVariables:
    def test_what_a_call_made_of_them(self) -> None:
        (call,) = drawn({"w": {"normal": (2,)}, "lr": 0.1, "params": ({"normal": (2,), "grad": {"normal": (2,)}},)})
        gradient = Array(kind="tensor", dtype="float32", shape=(2,), data=np.ones(2, np.float32))
        record = CallRecord.of(
            (ArgumentResult(path="w", gradient=gradient, second=gradient),),
            (ChangedArgument(path="params[0]", after=gradient),),
        )
        found = roles_of(call, record)
        w, params = found["w"], found["params"]
        assert isinstance(w, Role)
        assert isinstance(params, Role)
        assert found["lr"] == 0.1
        assert w.gradient is gradient
        assert (w.parts["second"], w.parts["changed"], w.parts["after"]) == (gradient, False, w.value)
        assert params.items[0].parts["after"] is gradient
        assert params.items[0].grad is not None
        assert (params.parts["changed"], params.items[0].gradient) == (True, None)

"""Names of parts of objects in exercises: what can be written, and what is a reference to an earlier check."""

from __future__ import annotations

import pytest

from grader.judging.checks.backward import BackwardCheck
from grader.judging.checks.value import ValueCheck
from grader.judging.found_objects import reference_in
from tests.course.exercise_files import HEAD, load, mistakes, of_check

FORMS = '`w`, `u_*`, `model.weight`, `net[0].bias`, `params["w"]` or `*.weight`'


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)


class TestNames:
    def test_parts_are_names(self) -> None:
        exercise = load(
            HEAD
            + "  - id: weights\n    kind: value\n"
            + "    names:\n      w: [model.weight, 'net[0].bias', 'params[\"w\"]', '*.weight']\n"
            + "      lr: 'opt.param_groups[0][\"lr\"]'\n"
            + "    holds: [w == 1, lr > 0]\n"
        )
        (check,) = exercise.checks
        assert [reference_in(alias) for alias in check.names["w"]] == [None] * 4
        assert check.probes("x", 0).names == (
            *("model.weight", "net[0].bias", 'params["w"]', "*.weight"),
            'opt.param_groups[0]["lr"]',
        )

    def test_what_cannot_be_a_name_is_said_with_what_can(self) -> None:
        assert of_check(
            "id: w",
            "kind: value",
            "names: {w: [net.0.weight, 'params[w]', 'model.parameters()', 3]}",
            "beside: {b: ['losses[1:]']}",
            "holds: w == 1",
        ) == [
            "x.yaml:7: checks[0].names.w[0]: `net.0.weight` cannot be a name in Python; write the item of a container "
            "as `[0]`",
            'x.yaml:7: checks[0].names.w[1]: `params[w]` has a key without quotes; write `["w"]`',
            "x.yaml:7: checks[0].names.w[2]: `model.parameters()` is a call, and nothing is called to find a value; "
            f"write `model.*` or the parameter's name: {FORMS}",
            "x.yaml:7: checks[0].names.w[3]: expected a name, found the number 3",
            "x.yaml:8: checks[0].beside.b[0]: `losses[1:]` is a slice; name one item, as in `losses[0]`, or all items, "
            "`losses[*]`",
        ]

    def test_leaf_and_through_may_be_parts(self) -> None:
        exercise = load(
            HEAD + "  - {id: g, kind: backward, leaf: model.weight, through: 'net[0].h', holds: gradient == 1}\n"
        )
        (check,) = exercise.checks
        assert isinstance(check, BackwardCheck)
        assert check.probes("x", 0).names == ("model.weight", "net[0].h")
        assert of_check("id: g", "kind: backward", "leaf: f(x)", "through: 'net[0'", "holds: gradient == 1") == [
            f"x.yaml:7: checks[0].leaf: `f(x)` is a call, and nothing is called to find a value: {FORMS}",
            "x.yaml:8: checks[0].through: `net[0` is neither a name nor a check above; `net[0` cannot be the name of a "
            f"value or of a part of an object; write it as {FORMS}",
        ]


class TestReferences:
    FIRST = "  - {id: model, kind: value, names: {weight: [w]}, holds: weight == 1}\n"

    def test_the_id_of_a_check_comes_before_the_name_of_an_object(self) -> None:
        second = "  - {id: two, kind: value, names: {w: [model.weight, net.weight]}, holds: w == 1}\n"
        _, check = load(HEAD + self.FIRST + second).checks
        assert isinstance(check, ValueCheck)
        assert [reference_in(alias) is not None for alias in check.names["w"]] == [True, False]
        assert check.probes("x", 0).names == ("net.weight",)

    def test_a_check_that_finds_no_such_object_is_said(self) -> None:
        second = "  - {id: two, kind: value, names: {w: [model.bias]}, holds: w == 1}\n"
        assert mistakes(HEAD + self.FIRST + second) == [
            "x.yaml:6: checks[1].names.w[0]: `model.bias`: the check `model` finds no object `bias`; known: weight"
        ]

    def test_a_misspelt_check_is_said_where_it_finds_such_an_object(self) -> None:
        second = "  - {id: two, kind: value, names: {w: [modle.weight, modle.bias]}, holds: w == 1}\n"
        assert mistakes(HEAD + self.FIRST + second) == [
            "x.yaml:6: checks[1].names.w[0]: `modle.weight`: there is no check `modle`; did you mean `model`?"
        ]

    def test_ids_with_a_dash_are_never_objects(self) -> None:
        second = "  - {id: two, kind: value, names: {w: [the-model.weight]}, holds: w == 1}\n"
        assert mistakes(HEAD + self.FIRST + second) == [
            "x.yaml:6: checks[1].names.w[0]: `the-model.weight`: there is no check `the-model`; did you mean `model`?"
        ]


class TestSources:
    def test_are_asked_of_whole_names_of_value_checks(self) -> None:
        text = (
            HEAD
            + "  - {id: one, kind: value, names: {J: [J]}, holds: J.source == 'autograd'}\n"
            + "  - {id: two, kind: value, names: {J: [J]}, holds: 'J[0].source == \"other\"'}\n"
            + "  - {id: three, kind: backward, names: {J: [J]}, holds: J.source == 'autograd'}\n"
        )
        assert mistakes(text) == [
            "x.yaml:6: checks[1].holds: `.source` can only be asked of a declared name as a whole, not of `J[0]`; "
            "declare it, as in `names: {part: ['J[0]']}`, and ask `part.source`",
            "x.yaml:7: checks[2].holds: `J.source`: backward checks know no `.source`; they know `.gradient`, "
            "`.tangent`",
        ]

    def test_are_not_known_of_what_earlier_checks_found(self) -> None:
        text = (
            HEAD
            + "  - {id: one, kind: value, names: {J: [J]}, holds: J == 1}\n"
            + "  - {id: two, kind: value, names: {K: [one.J], g: [w.grad]}, holds: [K.source == 'other', "
            + "g.source == 'autograd']}\n"
        )
        assert mistakes(text) == [
            "x.yaml:6: checks[1].holds[0]: `K.source` is not known of what an earlier check found; list its name"
        ]

    def test_only_names_whose_source_is_asked_cost_a_second_run(self) -> None:
        (check,) = load(
            HEAD + "  - {id: one, kind: value, names: {J: [J, 'J_*'], K: [K]}, holds: [J.source == 'other', K == 1]}\n"
        ).checks
        assert check.probes("x", 0).sources == ("J", "J_*")


class TestRoles:
    def test_names_may_say_which_leaf_is_which(self) -> None:
        (check,) = load(
            HEAD + "  - {id: g, kind: backward, leaves: [w, b], names: {w: ['*.weight']}, given: b == 0, "
            "holds: w.gradient == 1}\n"
        ).checks
        assert check.probes("x", 0).names == ("*.weight",)

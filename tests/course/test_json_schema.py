"""The JSON Schemas of exercises and rubrics accept and refuse what loading does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from grader.course import exercise
from grader.course.json_schema import exercise_schema, rubric_schema
from tests.course.exercise_files import HEAD, load, mistakes

ROOT = Path(exercise.__file__).parents[2]
RUBRIC_HEAD = "exercise: x\nchecks:\n"
pytestmark = pytest.mark.usefixtures("in_folder")


class TestExerciseSchema:
    SCHEMA = exercise_schema()

    def errors(self, text: str) -> list[Any]:
        return list(jsonschema.Draft202012Validator(self.SCHEMA).iter_errors(yaml.safe_load(text)))

    def test_is_a_valid_json_schema(self) -> None:
        jsonschema.Draft202012Validator.check_schema(self.SCHEMA)
        assert self.SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"

    @pytest.mark.parametrize("path", sorted(ROOT.glob("exercises/*.yaml")), ids=lambda path: path.stem)
    def test_accepts_the_built_in_exercises(self, path: Path) -> None:
        assert not self.errors(path.read_text(encoding="utf-8"))

    @pytest.mark.parametrize(
        "check",
        [
            "{id: a, kind: backward, given: leaf > 1, expect: {passes: 2, grad: leaf}, holds: create_graph}",
            "{id: a, kind: backward, given: [leaf > 1, order == 1], names: {u: u, v: [v, w]}}",
            "{id: a, kind: function, function: f, inputs: [value: 1, {normal: [2], count: 3}, {value: [[1, 2]]}], "
            "holds: output > 1}",
            "{id: a, kind: function, function: [f, any], inputs: [{uniform: [], low: 0, high: 1}], holds: output > 5}",
            "{id: a, kind: function, function: f, by-name: lr, holds: output > 5, "
            "arguments: {w: {normal: [3], grad: {normal: [3]}}, x: null, "
            "lr: 0.1, how: {one-of: [a, {dict: {k: 1}}]}, many: [{tuple: [1, 2]}, {value: [true]}]}}",
            "{id: a, kind: uses, call: detach, not: true}",
            "{id: a, kind: backward, any-of: [{leaf: x, given: passes == 1}, {leaves: [x, y], given: x != y}]}",
            "{id: a, title: T, any-of: [{kind: uses, call: detach}, {kind: backward, expect: {passes: 2}}]}",
        ],
    )
    def test_accepts_what_loads(self, check: str) -> None:
        text = f"{HEAD}  - {check}"
        load(text)
        assert not self.errors(text)

    @pytest.mark.parametrize(
        "check",
        [
            "{id: a, kind: zzz}",
            "{id: a}",
            "{id: A b, kind: backward}",
            "{id: a, kind: backward, evidance: seen}",
            "{id: a, kind: backward, given: {a: 1}}",
            "{id: a, kind: function, function: f, inputs: []}",
            "{id: a, kind: function, function: f, inputs: [{normal: 3}]}",
            "{id: a, kind: function, function: f, arguments: {w: {nromal: [3]}}}",
            "{id: a, kind: function, function: f, arguments: [{w: {x: 1}}]}",
            "{id: a, kind: raises, error: no-such}",
            "{id: a, kind: raises, error: no-graph, through: x}",
            "{id: a, kind: value, names: {x: x}, holds: x > 1, through: x}",
            "{id: a, kind: steps, expect: {after: leaf - gradient}, through: x}",
            "{id: a, kind: steps, expect: {after: numeric}}",
            "{id: a, kind: plot, expect: {y: reference}}",
            "{id: a, kind: answer, tolerance: 0.1}",
            "{id: a, kind: answer, allow: hooks}",
            "{id: a, kind: output, text: a, given: x > 1}",
            "{id: a, kind: module, module: M, modes: [trian], expect: {output: reference}}",
            "{id: a, kind: module, module: M, arguments: {x: {normal: [3]}}, expect: {x.gradient: numeric}}",
            "{id: a, kind: function, function: f, inputs: [normal: [2]], names: {x: x}, holds: output > 1}",
            "{id: a, kind: function, function: [], inputs: [normal: [2]], holds: output > 1}",
            "{id: a, kind: module, module: [], holds: training}",
            "{id: a, any-of: [{kind: backward, leaf: x}]}",
            "{id: a, kind: backward, any-of: [{leaf: x}, {leef: y}]}",
            "{id: a, kind: backward, any-of: [{leaf: x}, {leaf: y, title: T}]}",
            "{kind: backward, any-of: [{leaf: x}, {leaf: y}]}",
        ],
    )
    def test_refuses_what_does_not_load(self, check: str) -> None:
        text = f"{HEAD}  - {check}"
        assert mistakes(text)
        assert self.errors(text)

    def test_describes_every_field(self) -> None:
        models = [self.SCHEMA, *self.SCHEMA["$defs"].values()]
        fields = [(model["title"], name, field) for model in models for name, field in model["properties"].items()]
        assert fields
        assert not [(model, name) for model, name, field in fields if not field.get("description")]


class TestRubricSchema:
    VALIDATOR = jsonschema.Draft202012Validator(rubric_schema())

    def test_is_a_valid_json_schema(self) -> None:
        jsonschema.Draft202012Validator.check_schema(self.VALIDATOR.schema)

    @pytest.mark.parametrize("path", sorted(ROOT.glob("rubrics/*.yaml")), ids=lambda path: path.stem)
    def test_accepts_the_built_in_rubrics(self, path: Path) -> None:
        assert self.VALIDATOR.is_valid(yaml.safe_load(path.read_text(encoding="utf-8")))

    @pytest.mark.parametrize("entry", ["{}", "{points: -1}", "{points: 1, hnit: x}", "{points: 1, needs: a}"])
    def test_refuses_what_does_not_load(self, entry: str) -> None:
        assert not self.VALIDATOR.is_valid(yaml.safe_load(f"{RUBRIC_HEAD}  first: {entry}"))

    def test_describes_every_field(self) -> None:
        schema = rubric_schema()
        fields = [field for model in (schema, *schema["$defs"].values()) for field in model["properties"].values()]
        assert all(field.get("description") for field in fields)

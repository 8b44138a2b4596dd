"""Exercises: what loads, and every mistake in a file at once, each with its line and in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Literal

import jsonschema
import pytest
import yaml
from pydantic import Field

from grader.course import exercise
from grader.course.exercise import Exercise, load_exercise
from grader.course.json_schema import exercise_schema
from grader.errors import CourseError, ExerciseError
from grader.judging import check_kinds
from grader.judging.checks.base import Check
from grader.judging.context import Context
from grader.model import Verdict

SLUG_WORDS = "must be made of small letters, digits and single dashes, such as `second-part`"
KINDS = "answer, backward, function, output, plot, raises, uses, value"
HEAD = "id: x\ntitle: X\nstatement: Do it.\nchecks:\n"


class EchoCheck(Check):
    """A kind as a third party would write it."""

    kind: Literal["echo"]
    loud: bool = Field(default=False, description="Whether it shouts.")

    def variables(self) -> frozenset[str]:
        return frozenset({"sound"})

    def judge(self, context: Context) -> Verdict:
        return Verdict(check=self.id, status="passed", message="Heard.")


@pytest.fixture(autouse=True)
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    """Entry points as if packages had brought them; those put into the list are found."""
    points: list[EntryPoint] = []
    monkeypatch.setattr(check_kinds, "entry_points", lambda group: points if group == "grader.checks" else [])
    check_kinds.kinds.cache_clear()
    yield points
    check_kinds.kinds.cache_clear()


def load(text: str, name: str = "x.yaml") -> Exercise:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return load_exercise(path)


def mistakes(text: str) -> list[str]:
    with pytest.raises(ExerciseError) as caught:
        load(text)
    return str(caught.value).splitlines()


def of_check(*lines: str) -> list[str]:
    """The mistakes of an exercise with one check, whose lines begin on line 5."""
    body = "\n    ".join(lines)
    return mistakes(f"{HEAD}  - {body}\n")


class TestLoading:
    def test_a_whole_exercise(self) -> None:
        loaded = load(
            HEAD
            + "  - id: first-part\n    kind: backward\n    given: [size(leaf) > 1, passes == 1]\n"
            + "    expect: {gradient: 2 * leaf, 1: 1}\n    holds: true\n"
            + "  - {id: second, title: Named, kind: value, names: {u: [u, 'u_*'], x: x}, after: first-part}\n"
            + "headings: [Exercise 1]\n"
        )
        first, second = loaded.checks
        assert (loaded.id, loaded.title, loaded.statement, loaded.headings) == ("x", "X", "Do it.", ("Exercise 1",))
        assert (first.id, first.title, first.kind, first.evidence) == ("first-part", "First part", "backward", "passed")
        assert [line.text for line in first.given] == ["size(leaf) > 1", "passes == 1"]
        assert [(line.observed.text, line.wanted.text) for line in first.expect] == [
            ("gradient", "2 * leaf"),
            ("1", "1"),
        ]
        assert [line.text for line in first.holds] == ["True"]
        assert (second.title, second.names, second.after) == ("Named", {"u": ("u", "u_*"), "x": ("x",)}, "first-part")

    def test_it_is_frozen(self) -> None:
        loaded = load(HEAD + "  - {id: a, kind: backward}")
        with pytest.raises(ValueError, match="frozen"):
            loaded.checks[0].title = "Other"

    def test_it_can_be_written_as_json(self) -> None:
        loaded = load(
            HEAD + "  - {id: a, kind: function, function: any, inputs: [value: 1], expect: {output: reference}}"
        )
        (check,) = json.loads(loaded.model_dump_json())["checks"]
        assert check["expect"] == {"output": "reference"}
        assert check["inputs"] == [{"count": 1, "value": 1, "dtype": "float32"}]

    @pytest.mark.parametrize(
        "path", sorted(Path(exercise.__file__).parents[2].glob("exercises/*.yaml")), ids=lambda path: path.stem
    )
    def test_the_built_in_exercises_load(self, path: Path) -> None:
        assert load_exercise(path).id == path.stem


class TestMistakesOfAnExercise:
    def test_all_are_reported_at_once_in_the_order_of_the_file(self) -> None:
        assert mistakes(
            "id: y\ntitel: A\nstatement: 3\nheadings: one\nchecks:\n"
            "  - id: One\n    kind: backward\n    given: size(gradiant) > 1\n    holds: [leaf == 1, leaf = 2]\n"
            "    evidance: seen\n"
            "  - id: two\n    kind: backwards\n    expect: {grad: 2 * laef}\n"
        ) == [
            "x.yaml:1: id: `y` must be the file's name, `x`",
            "x.yaml:2: titel: unknown key; did you mean `title`?",
            "x.yaml:3: statement: expected a text, found the number 3",
            "x.yaml:4: headings: expected a list, found the text `one`",
            f"x.yaml:6: checks[0].id: `One` {SLUG_WORDS}",
            "x.yaml:8: checks[0].given: unknown name `gradiant`; did you mean `gradient`?",
            "x.yaml:9: checks[0].holds[1]: column 6 of `leaf = 2`: `=` is not known here; a comparison is `==`",
            "x.yaml:10: checks[0].evidance: unknown key; did you mean `evidence`?",
            f"x.yaml:12: checks[1].kind: unknown kind `backwards`; did you mean `backward`? Known: {KINDS}",
            "x.yaml:13: checks[1].expect.grad: unknown name `laef`; did you mean `leaf`?",
        ]

    def test_what_is_missing(self) -> None:
        assert mistakes("title: X\n") == [
            "x.yaml:1: `id` is missing",
            "x.yaml:1: `statement` is missing",
            "x.yaml:1: `checks` is missing",
        ]

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("[]", "must not be empty: an exercise has one check or more"),
            ("{a: 1}", "expected a list of checks, found `key: value` lines"),
            ("", "expected a list of checks, found nothing"),
        ],
    )
    def test_checks_must_be_there(self, value: str, expected: str) -> None:
        text = f"id: x\ntitle: X\nstatement: Do it.\nchecks: {value}\n"
        assert mistakes(text) == [f"x.yaml:4: checks: {expected}"]

    @pytest.mark.parametrize("key", ["title", "statement"])
    def test_texts_must_not_be_empty(self, key: str) -> None:
        text = (HEAD + "  - {id: a, kind: backward}").replace(f"{key}: ", f"{key}: '' #")
        assert [line.partition(": ")[2] for line in mistakes(text)] == [f"{key}: must not be empty; found the text ``"]

    def test_ids_must_differ(self) -> None:
        assert mistakes(HEAD + "  - {id: a, kind: backward}\n  - {id: b, kind: backward}\n  - {id: a, kind: plot}") == [
            "x.yaml:7: checks[2].id: the id `a` is that of checks[0] already"
        ]

    def test_after_and_through_must_lead_somewhere(self) -> None:
        assert mistakes(
            HEAD
            + "  - {id: part-one, kind: backward, after: part-two}\n"
            + "  - {id: part-two, kind: backward, after: part-on, through: part-oen}\n"
            + "  - {id: part-three, kind: backward, after: part-three}\n"
            + "  - {id: part-four, kind: backward, after: part-one, through: part-one}\n"
            + "  - {id: part-five, kind: backward, through: y}\n"
        ) == [
            "x.yaml:5: checks[0].after: `part-two` must stand above this check: checks are judged in order",
            "x.yaml:6: checks[1].after: there is no check `part-on`; did you mean `part-one`?",
            "x.yaml:6: checks[1].through: `part-oen` is neither a name nor a check above; did you mean `part-one`?",
            "x.yaml:7: checks[2].after: `part-three` must stand above this check: checks are judged in order",
        ]

    def test_yaml_that_is_none_is_one_mistake(self) -> None:
        assert mistakes("id: x\n\ttitle: X\n") == [
            "x.yaml:2: the line is indented with a tab; YAML is indented with spaces"
        ]

    def test_a_mistake_under_an_anchor_has_the_line_where_it_stands(self) -> None:
        assert mistakes(
            HEAD
            + "  - {id: a, kind: function, function: f, inputs: &it [\n      value: []]}\n"
            + "  - {id: b, kind: function, function: f, inputs: *it}\n"
        ) == [
            "x.yaml:6: checks[0].inputs[0].value: a list must not be empty",
            "x.yaml:6: checks[1].inputs[0].value: a list must not be empty",
        ]


class TestMistakesOfACheck:
    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            (["just text"], ["5: checks[0]: expected a check, found the text `just text`"]),
            (["id: a"], [f"5: checks[0]: `kind` is missing; known: {KINDS}"]),
            (
                ["id: a", "kind: 3"],
                [f"6: checks[0].kind: expected a kind of check, found the number 3; known: {KINDS}"],
            ),
            (["id: a", "kind: zzz"], [f"6: checks[0].kind: unknown kind `zzz`; known: {KINDS}"]),
            (["kind: backward"], ["5: checks[0]: `id` is missing"]),
            (["id: a", "kind: raises"], ["5: checks[0]: `error` is missing"]),
            (
                ["id: a", "kind: backward", "given:"],
                ["7: checks[0].given: expected an expression such as `gradient == 2 * leaf`, found nothing (for no "
                 "gradient, write `None`)"],
            ),
            (
                ["id: a", "kind: backward", "given: leaf > (1"],
                ["7: checks[0].given: column 8 of `leaf > (1`: '(' was never closed"],
            ),
            (
                ["id: a", "kind: backward", "given:", "  - leaf > 1", "  - open('x')"],
                ["9: checks[0].given[1]: column 1 of `open('x')`: unknown function `open`; Known are "],
            ),
            (["id: a", "kind: backward", "holds: x > 1"], ["7: checks[0].holds: unknown name `x`; known: "]),
            (["id: a", "kind: value", "holds: x > 1"], ["7: checks[0].holds: unknown name `x`; declare it in `names`"]),
            (
                ["id: a", "kind: backward", "expect: {reference: 1, 2 * leef: 1, grad: [1]}"],
                ["7: checks[0].expect.grad: expected an expression such as `gradient == 2 * leaf`, found a list"],
            ),
            (
                ["id: a", "kind: backward", "expect: {grad: reference, 2 * leef: 1}"],
                [
                    "7: checks[0].expect.grad: unknown name `reference`; known: ",
                    '7: checks[0].expect["2 * leef"]: unknown name `leef`; did you mean `leaf`?',
                ],
            ),
            (
                ["id: a", "kind: backward", "expect: grad == 1"],
                ["7: checks[0].expect: expected `observed: wanted` lines such as `gradient: 2 * leaf`, found the text "
                 "`grad == 1`"],
            ),
            (
                ["id: a", "kind: backward", 'holds: passed("a")'],
                ["7: checks[0].holds: `passed` is known in rubrics only"],
            ),
            (
                ["id: a", "kind: backward", "names: {leaf: x, 1a: b, sum: s, u: [], v: [3, a-b]}"],
                [
                    "7: checks[0].names.1a: `1a` cannot be a name in an expression",
                    "7: checks[0].names.sum: `sum` is a function of the expression language; take another name",
                    "7: checks[0].names.u: list the names that `u` may have in a submission",
                    "7: checks[0].names.v[0]: expected a name, found the number 3",
                    "7: checks[0].names.v[1]: `a-b` cannot be a name in Python",
                ],
            ),
            (
                ["id: a", "kind: backward", "names: {leaf: x}"],
                ["7: checks[0].names.leaf: `leaf` has a meaning in this kind of check already; take another name"],
            ),
            (
                ["id: a", "kind: value", "names: [u]"],
                ["7: checks[0].names: expected lines such as `u: [u, y_const]`, found a list"],
            ),
            (
                ["id: a", "kind: backward", "tolerance: yes"],
                ["7: checks[0].tolerance: expected a number, found the text `yes`"],
            ),
            (
                ["id: a", "kind: backward", "tolerance: 2"],
                ["7: checks[0].tolerance: must be 1 or less; found the number 2"],
            ),
            (
                ["id: a", "kind: backward", "tolerance: .nan"],
                ["7: checks[0].tolerance: expected a finite number, found the number nan"],
            ),
            (
                ["id: a", "kind: backward", "evidence: often"],
                ["7: checks[0].evidence: expected `passed`, `seen` or `never`, found the text `often`"],
            ),
            (
                ["id: a", "kind: backward", "visibility: true"],
                ["7: checks[0].visibility: expected `public`, `hidden` or `after-due`, found `true`"],
            ),
            (
                ["id: a", "kind: plot", "labels: yes"],
                ["7: checks[0].labels: expected true or false, found the text `yes`"],
            ),
            (["id: a", "kind: plot", "zzz: 1"], ["7: checks[0].zzz: unknown key; known: after, "]),
            (
                ["id: a", "kind: raises", "error: backward-twic"],
                ["7: checks[0].error: unknown error family `backward-twic`; did you mean `backward-twice`?"],
            ),
            (["id: a", "kind: function", "function: f", "inputs: []"], ["8: checks[0].inputs: must not be empty"]),
        ],
    )  # fmt: skip
    def test_is_said_in_plain_words_with_its_line(self, lines: list[str], expected: list[str]) -> None:
        found = of_check(*lines)
        assert len(found) == len(expected)
        for line, start in zip(found, expected, strict=True):
            assert line.startswith(f"x.yaml:{start}")

    def test_a_wrong_field_hides_no_unknown_name_in_another(self) -> None:
        assert of_check("id: A", "kind: backward", "givn: leef == 1", "tolerance: x", "holds: gradd == 1") == [
            f"x.yaml:5: checks[0].id: `A` {SLUG_WORDS}",
            "x.yaml:7: checks[0].givn: unknown key; did you mean `given`?",
            "x.yaml:7: checks[0].givn: unknown name `leef`; did you mean `leaf`?",
            "x.yaml:8: checks[0].tolerance: expected a number, found the text `x`",
            "x.yaml:9: checks[0].holds: unknown name `gradd`; did you mean `grad`?",
        ]

    def test_no_word_of_pydantic_s_comes_through(self) -> None:
        text = "\n".join(of_check("id: 3", "kind: plot", "labels: 3", "title: [a]", "through: 1.5", "after: {}"))
        assert not any(word in text.lower() for word in ("pydantic", "http", "input should", "value error", "tuple"))

    def test_braces_in_a_text_stay_as_they_are(self) -> None:
        assert of_check("id: '{x}'", "kind: plot") == [f"x.yaml:5: checks[0].id: `{{x}}` {SLUG_WORDS}"]


class TestKinds:
    def test_the_built_in_ones_are_found_by_being_there(self, installed: list[EntryPoint]) -> None:
        assert ", ".join(sorted(check_kinds.kinds())) == KINDS

    def test_one_of_a_third_party_is_used_like_the_others(self, installed: list[EntryPoint]) -> None:
        installed.append(EntryPoint("echo", f"{__name__}:EchoCheck", "grader.checks"))
        (check,) = load(HEAD + "  - {id: a, kind: echo, loud: true, given: sound == 1}").checks
        assert isinstance(check, EchoCheck)
        assert check.loud
        assert mistakes(HEAD + "  - {id: a, kind: echo, holds: sond == 1}") == [
            "x.yaml:5: checks[0].holds: unknown name `sond`; did you mean `sound`?"
        ]

    def test_installed_ones_are_not_looked_through_for_built_in_kinds(self, installed: list[EntryPoint]) -> None:
        installed.append(EntryPoint("broken", "no_such_module:Check", "grader.checks"))
        assert load(HEAD + "  - {id: a, kind: plot}").checks

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (
                "no_such_module_of_ours:Kind",
                "The kind of check `mine` cannot be loaded: ModuleNotFoundError: No module named "
                "'no_such_module_of_ours'",
            ),
            (
                "json:dumps",
                "The kind of check `mine` is no kind of check: `json:dumps` must be a "
                "subclass of grader.judging.checks.base.Check with `kind: Literal[...]`, `variables` and `judge`.",
            ),
            (
                "grader.judging.checks.base:Check",
                "The kind of check `mine` is no kind of check: `grader.judging.checks.base:Check` must be a "
                "subclass of grader.judging.checks.base.Check with `kind: Literal[...]`, `variables` and `judge`.",
            ),
            (
                "grader.judging.checks.plot:PlotCheck",
                "The kind of check `mine`: there is a kind of check `plot` already; uninstall one of the two.",
            ),
        ],
    )
    def test_a_broken_one_is_said_in_words(self, installed: list[EntryPoint], value: str, expected: str) -> None:
        installed.append(EntryPoint("mine", value, "grader.checks"))
        with pytest.raises(CourseError) as caught:
            check_kinds.kinds()
        assert str(caught.value) == expected


class TestSchema:
    SCHEMA = exercise_schema()

    def errors(self, text: str) -> list[Any]:
        return list(jsonschema.Draft202012Validator(self.SCHEMA).iter_errors(yaml.safe_load(text)))

    def test_is_a_valid_json_schema(self) -> None:
        jsonschema.Draft202012Validator.check_schema(self.SCHEMA)
        assert self.SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"

    @pytest.mark.parametrize(
        "path", sorted(Path(exercise.__file__).parents[2].glob("exercises/*.yaml")), ids=lambda path: path.stem
    )
    def test_accepts_the_built_in_exercises(self, path: Path) -> None:
        assert not self.errors(path.read_text(encoding="utf-8"))

    @pytest.mark.parametrize(
        "check",
        [
            "{id: a, kind: backward, given: leaf > 1, expect: {passes: 2, grad: leaf}, holds: true}",
            "{id: a, kind: backward, given: [leaf > 1, true], names: {u: u, v: [v, w]}}",
            "{id: a, kind: function, function: any, inputs: [value: 1, {normal: [2], count: 3}, {value: [[1, 2]]}]}",
            "{id: a, kind: function, function: [f, any], inputs: [{uniform: [], low: 0, high: 1}]}",
            "{id: a, kind: uses, call: detach, not: true}",
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
            "{id: a, kind: raises, error: no-such}",
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

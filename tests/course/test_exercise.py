"""Exercises: what loads, and all mistakes of a file, with their lines and in plain words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.course import exercise
from grader.course.exercise import load_exercise
from tests.course.exercise_files import HEAD, KINDS, SLUG_WORDS, load, mistakes

pytestmark = pytest.mark.usefixtures("in_folder")


class TestLoading:
    def test_a_whole_exercise(self) -> None:
        loaded = load(
            HEAD
            + "  - id: first-part\n    kind: backward\n    given: [size(leaf) > 1, passes == 1]\n"
            + "    expect: {gradient: 2 * leaf, passes: 1}\n    holds: create_graph\n"
            + "  - {id: second, title: Named, kind: value, names: {u: [u, 'u_*'], x: x}, after: first-part}\n"
            + "headings: [Exercise 1]\n"
        )
        first, second = loaded.checks
        assert (loaded.id, loaded.title, loaded.statement, loaded.headings) == ("x", "X", "Do it.", ("Exercise 1",))
        assert (first.id, first.title, first.kind, first.evidence) == ("first-part", "First part", "backward", "passed")
        assert [line.text for line in first.given] == ["size(leaf) > 1", "passes == 1"]
        assert [(line.observed.text, line.wanted.text) for line in first.expect] == [
            ("gradient", "2 * leaf"),
            ("passes", "1"),
        ]
        assert [line.text for line in first.holds] == ["create_graph"]
        assert (second.title, second.names, second.after) == ("Named", {"u": ("u", "u_*"), "x": ("x",)}, "first-part")

    def test_it_is_frozen(self) -> None:
        loaded = load(HEAD + "  - {id: a, kind: backward}")
        with pytest.raises(ValueError, match="frozen"):
            loaded.checks[0].title = "Other"

    def test_it_can_be_written_as_json(self) -> None:
        loaded = load(
            HEAD + "  - {id: a, kind: function, function: any, inputs: [value: 2], expect: {output: reference}}"
        )
        (check,) = json.loads(loaded.model_dump_json())["checks"]
        assert check["expect"] == {"output": "reference"}
        assert check["inputs"] == [{"count": 1, "value": 2, "dtype": "float32"}]

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

    @pytest.mark.parametrize(
        ("limits", "expected"),
        [
            ("{time: 2 days}", "limits.time: must be from 1 s to 1 hour"),
            ("{memory: 1 kB}", "limits.memory: must be from 64 MB to 64 GiB"),
            ("{time: 20}", "limits.time: expected a duration such as `20 s`"),
            ("{tiem: 20 s}", "limits.tiem: unknown key; did you mean `time`?"),
        ],
    )
    def test_limits_have_units_and_bounds(self, limits: str, expected: str) -> None:
        text = (HEAD + "  - {id: a, kind: backward}").replace("checks:", f"limits: {limits}\nchecks:")
        (found,) = mistakes(text)
        assert found.startswith(f"x.yaml:4: {expected}")

    @pytest.mark.parametrize("key", ["title", "statement"])
    def test_texts_must_not_be_empty(self, key: str) -> None:
        text = (HEAD + "  - {id: a, kind: backward}").replace(f"{key}: ", f"{key}: '' #")
        assert [line.partition(": ")[2] for line in mistakes(text)] == [f"{key}: must not be empty; found the text ``"]

    def test_ids_must_differ(self) -> None:
        assert mistakes(HEAD + "  - {id: a, kind: backward}\n  - {id: b, kind: backward}\n  - {id: a, kind: plot}") == [
            "x.yaml:7: checks[2].id: the id `a` is that of checks[0] already"
        ]

    def test_a_check_must_not_build_on_one_that_fewer_people_see(self) -> None:
        why = (
            "what students see of this check would tell how `secret` ended. Build on a check that everybody sees who "
            "sees this one"
        )
        assert mistakes(
            HEAD
            + "  - {id: secret, kind: backward, leaf: x, visibility: hidden}\n"
            + "  - {id: a, kind: backward, after: secret, visibility: after-due}\n"
            + "  - {id: b, kind: backward, through: secret}\n"
            + "  - {id: c, kind: backward, leaf: secret.leaf}\n"
            + "  - {id: d, kind: backward, leaf: secret.leaf, after: secret, visibility: hidden}\n"
        ) == [
            f"x.yaml:6: checks[1].after: `secret` is hidden and `a` after-due: {why}",
            f"x.yaml:7: checks[2].through: `secret` is hidden and `b` public: {why}",
            f"x.yaml:8: checks[3].leaf: `secret` is hidden and `c` public: {why}",
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

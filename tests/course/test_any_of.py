"""``any-of``: how a check with several ways is read, and the mistakes in it, with their lines."""

from __future__ import annotations

import pytest

from grader.judging.any_of import AnyOfCheck
from tests.course.exercise_files import HEAD, load, mistakes, of_check

pytestmark = pytest.mark.usefixtures("in_folder")


class TestReading:
    def test_the_fields_beside_it_are_those_of_every_way(self) -> None:
        (check,) = load(
            HEAD + "  - id: slope\n    title: The slope\n    visibility: hidden\n    evidence: seen\n"
            "    kind: backward\n    given: passes == 1\n    any-of:\n"
            "      - {leaf: x, expect: {gradient: 2 * leaf}}\n"
            "      - {kind: value, names: {passes: n}, when: end}\n"
        ).checks
        assert isinstance(check, AnyOfCheck)
        assert (check.id, check.title, check.visibility, check.evidence) == ("slope", "The slope", "hidden", "seen")
        first, second = check.ways()
        assert (first.kind, second.kind, check.kind) == ("backward", "value", "any-of")
        assert [line.text for way in check.ways() for line in way.given] == ["passes == 1", "passes == 1"]
        assert {way.evidence for way in check.ways()} == {"seen"}
        assert len({check.id, first.id, second.id}) == 3

    def test_a_check_refers_to_what_every_way_finds(self) -> None:
        text = (
            HEAD + "  - id: one\n    kind: backward\n    names: {c: c}\n    any-of:\n"
            "      - {leaves: [x, y], given: x != y}\n      - {leaf: v, given: size(leaf) == 2}\n"
            "  - {id: two, kind: backward, leaf: one.%s, expect: {passes: 1}}\n"
        )
        load(text % "output")
        assert mistakes(text % "x") == [
            "x.yaml:11: checks[1].leaf: `one.x`: the check `one` finds no object `x`; known: c, output, root"
        ]


class TestMistakes:
    def test_each_is_reported_once_at_the_place_where_it_stands(self) -> None:
        assert of_check(
            "id: slope",
            "kind: backward",
            "given: leef == 2",
            "title: ''",
            "any-of:",
            "  - {leaf: x, holds: gradent == 1, title: A}",
            "  - {leaf: y, given: passes == 1, through: no-such}",
            "  - {kind: value, names: {u: u}, any-of: [1, 2], whne: end}",
        ) == [
            "x.yaml:7: checks[0].given: unknown name `leef`; did you mean `leaf`? (in way 1 of `any-of`)",
            "x.yaml:7: checks[0].given: unknown name `leef`; known: u (in way 3 of `any-of`)",
            "x.yaml:8: checks[0].title: must not be empty; found the text ``",
            "x.yaml:10: checks[0].any-of[0].title: `title` is that of the whole check; write it beside `any-of`",
            "x.yaml:10: checks[0].any-of[0].holds: unknown name `gradent`; did you mean `gradient`?",
            "x.yaml:11: checks[0].any-of[1].given: `given` stands beside `any-of` as well, where it is of all ways; "
            "keep it there or in the ways",
            "x.yaml:11: checks[0].any-of[1].through: `no-such` is neither a name nor a check above",
            "x.yaml:12: checks[0].any-of[2].any-of: a way cannot have ways; list them all in the outer `any-of`",
            "x.yaml:12: checks[0].any-of[2].whne: unknown key; did you mean `when`?",
        ]

    @pytest.mark.parametrize(
        ("ways", "expected"),
        [
            ("[]", "needs two ways or more; of a single way, write the fields beside the id"),
            ("[{leaf: x}]", "needs two ways or more; of a single way, write the fields beside the id"),
            (
                "[{leaf: x}, 3]",
                "expected a list of ways, each with its own fields such as `kind`, `given`, `expect`; found the "
                "number 3",
            ),
            (
                "{leaf: x}",
                "expected a list of ways, each with its own fields such as `kind`, `given`, `expect`; found `key: "
                "value` lines",
            ),
        ],
    )
    def test_it_is_a_list_of_ways(self, ways: str, expected: str) -> None:
        assert of_check("id: a", "kind: backward", f"any-of: {ways}") == [f"x.yaml:7: checks[0].any-of: {expected}"]

    def test_no_way_is_the_same_as_another(self) -> None:
        assert of_check("id: a", "kind: backward", "any-of: [{leaf: x}, {leaf: y}, {leaf: x}]") == [
            "x.yaml:7: checks[0].any-of[2]: is the same as way 1; keep one"
        ]

    def test_an_answer_in_words_is_no_way(self) -> None:
        (found,) = of_check("id: a", "any-of: [{kind: backward}, {kind: answer}]")
        assert found.startswith("x.yaml:6: checks[0].any-of[1]: an answer in words is never failed")

    def test_a_way_that_proves_nothing(self) -> None:
        (found,) = of_check(
            "id: a", "kind: backward", "any-of:", "  - {expect: {gradient: 2 * leaf}}", "  - {holds: 1 == 1}"
        )
        assert found.startswith("x.yaml:9: checks[0].any-of[1].holds: `1 == 1` proves nothing")

    def test_the_missing_kind_of_a_way(self) -> None:
        (found,) = of_check("id: a", "any-of: [{kind: backward}, {leaf: x}]")
        assert found.startswith("x.yaml:6: checks[0].any-of[1]: `kind` is missing; known: ")

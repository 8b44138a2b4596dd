"""Mistakes in a check of an exercise: in plain words, with the line."""

from __future__ import annotations

import pytest

from tests.course.exercise_files import KINDS, SLUG_WORDS, of_check

pytestmark = pytest.mark.usefixtures("in_folder")


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
                ["id: a", "kind: backward", "expect: {grad: numeric, 2 * leef: 1}"],
                [
                    "7: checks[0].expect.grad: a `backward` check does not know the word `numeric`; this kind knows ",
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
                ["id: a", "kind: value", "names: {x: x}", "holds: [has_node('pow'), x.gradient == 2, x.shape == 4]"],
                [
                    "8: checks[0].holds[2]: column 1 of `x.shape == 4`: `x.shape` is a shape and `4` is a number, "
                    "which are never equal; a shape is written `(4,)`",
                ],
            ),
            (
                ["id: a", "kind: value", "names: {x: x}", "holds: [has_node('pow'), x.gradient == 2]"],
                [
                    "8: checks[0].holds[0]: `has_node` asks for the nodes of a backward pass, which this kind of check",
                    "8: checks[0].holds[1]: `x.gradient`: value checks know no `.gradient`; they know `.source`",
                ],
            ),
            (
                ["id: a", "kind: backward", "names: {leaf: x, 1a: b, sum: s, u: [], v: [3, a-b]}"],
                [
                    "7: checks[0].names.1a: `1a` cannot be a name in an expression",
                    "7: checks[0].names.sum: `sum` means something in every expression already; take another name",
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
                ["7: checks[0].evidence: expected `passed`, `seen`, `never`, or a condition such as `passes >= 2`, "
                    "found the text `often`"],
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
            (
                ["id: a", "kind: backward", "allow: [hoks, data]"],
                ["7: checks[0].allow[0]: expected `hooks`, `functions`, `operators`, `data` or `classes`, found"],
            ),
            (
                ["id: a", "kind: output", "text: x", "allow: hooks"],
                ["8: checks[0].allow: this kind of check does not look at gradients, so `allow` has no meaning"],
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

    @pytest.mark.parametrize(
        "line", ["kind: answer\n    call: cos", "kind: answer\n    text: a", "kind: uses\n    call: exp\n    repeat: 3"]
    )
    def test_an_unknown_field_is_not_read_as_one_that_is_hardly_like_it(self, line: str) -> None:
        (found,) = of_check("id: a", line)
        assert "unknown key; known: " in found

    def test_no_word_of_pydantic_s_comes_through(self) -> None:
        text = "\n".join(of_check("id: 3", "kind: plot", "labels: 3", "title: [a]", "through: 1.5", "after: {}"))
        assert not any(word in text.lower() for word in ("pydantic", "http", "input should", "value error", "tuple"))

    def test_braces_in_a_text_stay_as_they_are(self) -> None:
        assert of_check("id: '{x}'", "kind: plot") == [f"x.yaml:5: checks[0].id: `{{x}}` {SLUG_WORDS}"]

    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            (
                ["leaf: w", "names: {w: [w]}", "expect: {w.gradient: reference}"],
                '9: checks[0].expect["w.gradient"]: `w.gradient`: `leaf: w` says what the check is about, so write '
                "`gradient`",
            ),
            (
                ["leaf: w", "expect: {w.gradient: reference}"],
                '8: checks[0].expect["w.gradient"]: `w` is the name in `leaf`: write `leaf` for its value, and '
                "`gradient` for its gradient",
            ),
            (
                ["names: {w: [w]}", "expect: {w.gradient: reference}"],
                '8: checks[0].expect["w.gradient"]: `w.gradient`: `w` is no role, and only roles have `.gradient`: '
                "write `leaves: [w]`",
            ),
            (
                ["leaves: [w]", "names: {b: [b]}", "expect: {b.gradient: 2 * w}"],
                '9: checks[0].expect["b.gradient"]: `b.gradient`: `b` is no role, and only roles have `.gradient`: '
                "write `leaves: [w, b]`",
            ),
            (
                ["expect: {leaf.gradient: 2 * leaf}"],
                '7: checks[0].expect["leaf.gradient"]: `leaf.gradient`: the check is about one leaf, so write '
                "`gradient`",
            ),
            (
                ["expect: {gradient: refrence}"],
                "7: checks[0].expect.gradient: unknown name `refrence`; did you mean `reference`?",
            ),
            (
                ["expect: {gradient: 2 * reference}"],
                "7: checks[0].expect.gradient: `reference` stands alone in `expect`, as in `gradient: reference`; no "
                "expression can read it",
            ),
            (
                ["expect: {gradient: numeric}"],
                "7: checks[0].expect.gradient: a `backward` check does not know the word `numeric`; this kind knows "
                "`reference`",
            ),
        ],
    )
    def test_what_one_leaf_has_is_written_without_its_name(self, lines: list[str], expected: str) -> None:
        assert of_check("id: a", "kind: backward", *lines) == [f"x.yaml:{expected}"]

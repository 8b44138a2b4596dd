"""Lines and fields of a check that change nothing are refused, with the place and the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.course import load_course
from grader.errors import ExerciseError
from tests.course.exercise_files import HEAD, load, of_check
from tests.course.test_course import mistakes

pytestmark = pytest.mark.usefixtures("in_folder")
BACKWARD = "kind: backward"


def one(*lines: str) -> str:
    (text,) = of_check("id: a", *lines)
    return text.removeprefix("x.yaml:")


@pytest.mark.parametrize(
    ("kind", "field", "expected"),
    [
        (
            "kind: raises\n    error: no-graph",
            "through: y",
            "`through` means nothing to this kind of check: a call that",
        ),
        ("kind: raises\n    error: no-graph", "names: {x: x}", "`names` means nothing to this kind of check: its"),
        (
            "kind: value\n    names: {x: x}\n    holds: x > 1",
            "through: x",
            "it looks at values, not at a graph; leave it",
        ),
        (
            "kind: plot\n    given: y == x + 1",
            "through: y",
            "which passes a curve may show is said in `of`; leave it out",
        ),
        ("kind: output\n    text: a", "tolerance: 0.1", "printed text has no values; leave it out"),
        ("kind: answer", "tolerance: 0.1", "an answer in words has no values; leave it out"),
        ("kind: answer", "names: {x: x}", "an answer in words has no values; leave it out"),
        ("kind: uses\n    names: [exp]", "tolerance: 0.1", "names in the code have no values"),
        ("kind: uses\n    call: exp", "tolerance: 0.1", "`tolerance` is for comparisons, and this check has none"),
        (
            "kind: function\n    function: f\n    inputs: [normal: [2]]\n    expect: {output: reference}",
            "names: {x: x}",
            "`names`",
        ),
    ],
)
def test_a_field_that_a_kind_does_not_use_is_refused(kind: str, field: str, expected: str) -> None:
    said = one(kind, field)
    assert f": checks[0].{field.partition(':')[0]}: " in said
    assert expected in said


@pytest.mark.parametrize(
    "kind", ["output\n    text: a", "answer", "value\n    names: {x: x}", "raises\n    error: no-graph"]
)
def test_after_and_through_are_refused_also_where_they_refer_to_a_check(kind: str) -> None:
    first = "  - {id: first, kind: backward, expect: {passes: 2}}\n"
    text = f"{HEAD}{first}  - id: a\n    kind: {kind}\n    through: first\n"
    with pytest.raises(ExerciseError, match="`through` means nothing to this kind of check"):
        load(text)


ARGUMENTS = "arguments: {w: {normal: [3]}, X: {normal: [4, 3]}}"


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("function\n    function: f", "finite(w)"),
        ("function\n    function: f", "w.shape == (3,) and max(X) < 9"),
        ("module\n    module: M", "size(w) == 3"),
    ],
)
def test_a_line_of_what_is_handed_in_is_refused(kind: str, line: str) -> None:
    said = one(f"kind: {kind}", ARGUMENTS, "expect: {output: X @ w}", f"holds: {line}")
    assert said.startswith(f"10: checks[0].holds: `{line}` reads only what the course hands in, so it is the same for ")


def test_lines_of_what_came_of_it_are_taken() -> None:
    holds = "holds: [finite(w.after), not w.changed, w.gradient != w, size(output) == size(w)]"
    fields = f"{ARGUMENTS}\n    expect: {{output: X}}\n    {holds}"
    load(f"{HEAD}  - id: a\n    kind: function\n    function: f\n    {fields}\n")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('w.source == "autogard"', '`w.source` is never "autogard", so this never holds; did you mean `autograd`?'),
        ("w.requires_grad == 2", "`w.requires_grad` is true or false, so this never holds; write `w.requires_grad`"),
        ('w.grad.source == "autograd"', "not of `w.grad`; declare it, as in `names: {part: [w.grad]}`, and ask"),
    ],
)
def test_a_part_that_is_never_so_is_refused(line: str, expected: str) -> None:
    assert expected in one("kind: value", "names: {w: w}", f"holds: {line}")


def test_the_id_of_a_later_check_is_no_name_of_a_function() -> None:
    check = "kind: function, arguments: {w: {normal: [3]}}, expect: {output: 2 * w}"
    first = f"  - {{id: a, function: d, {check}}}\n"
    with pytest.raises(ExerciseError, match="`d` must stand above this check: checks are judged in order"):
        load(f"{HEAD}{first}  - {{id: d, function: e, {check}}}\n")
    assert load(f"{HEAD}{first}  - {{id: d, function: d, {check}}}\n").checks


def test_a_check_of_values_needs_names() -> None:
    assert "`names` is missing: say what the values to look at are called" in one("kind: value", "when: end")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("repeats >= 1", "`repeats` is 1 or more, so this holds for everything"),
        ("1 <= repeats", "`repeats` is 1 or more, so this holds for everything"),
        ("order < 1", "`order` is 1 or more, so this never holds"),
        ("passes == -1", "`passes` is a whole number, 0 or more, so this never holds"),
        ("passes == 1.5", "`passes` is a whole number, 0 or more, so this never holds"),
        ("passes == None", "`passes` is a whole number, so this never holds"),
        ("passes != 'two'", "`passes` is a whole number, so this holds for everything"),
        (
            "was_zeroed == 'yes'",
            "`was_zeroed` is true or false, so this never holds; write `was_zeroed`, or `not was_zeroed`",
        ),
        ("root == 'x'", "`root` has numbers and no text, so this never holds"),
        ("root == 1 or repeats < 1", "`repeats` is 1 or more, so this never holds"),
    ],
)
@pytest.mark.parametrize("field", ["given", "holds", "evidence"])
def test_a_line_that_is_decided_by_what_its_variable_can_be(field: str, line: str, why: str) -> None:
    said = one(BACKWARD, f'{field}: "{line}"', *(["expect: {refusals: 2}"] if field != "holds" else []))
    assert said.endswith(why)


@pytest.mark.parametrize(
    ("pair", "why"),
    [
        ("{1: passes}", "it reads nothing of the submission: `passes: 1`"),
        ("{2 * 3: gradient}", "it reads nothing of the submission: `gradient: 2 * 3`"),
        ("{shape(leaf): 4}", "a shape is written `(4,)`"),
        ("{passes: \"'two'\"}", "`passes` is a whole number, so this never holds"),
        ("{order: 0}", "`order` is a whole number, 1 or more, so this never holds"),
    ],
)
def test_a_pair_that_is_decided(pair: str, why: str) -> None:
    assert one(BACKWARD, f"expect: {pair}").endswith(why)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (
            ["given: passes == 1", "holds: passes == 2"],
            "`passes == 2` never holds together with `passes == 1` of `given`",
        ),
        (["holds: passes > 3 and passes < 2"], "`passes < 2` never holds together with `passes > 3`"),
        (["holds: 3 < passes <= 3"], "`passes <= 3` never holds together with `3 < passes`"),
        (["given: passes > 2", "expect: {passes: 2}"], "`passes: 2` never holds together with `passes > 2` of `given`"),
        (
            ["given: was_zeroed", "holds: not was_zeroed"],
            "`not was_zeroed` never holds together with `was_zeroed` of `given`",
        ),
        (
            ["given: size(leaf) == 3", "holds: size(leaf) == 4"],
            "never holds together with `size(leaf) == 3` of `given`",
        ),
        (
            ["holds: leaf.shape == (3,) and leaf.shape == (2, 3)"],
            "never holds together with `leaf.shape == (3,)`",
        ),
    ],
)
def test_lines_that_never_hold_together(lines: list[str], why: str) -> None:
    assert one(BACKWARD, *lines).endswith(why)


@pytest.mark.parametrize(
    "lines",
    [
        ["given: passes == 1 or passes == 2", "holds: passes == 2"],
        ["next: {leaf: leaf - gradient}", "tolerance: 0.1"],
        ["steps: 10", "every: gradient != 0", "tolerance: 0.1"],
        ["given: passes >= 1", "holds: [passes != 3, repeats > 1, order >= 2]"],
        ["given: 1 < passes < 3", "holds: [was_zeroed == 1, gradient != 0, gradient != 1]"],
        ["given: size(leaf) == 3", "holds: size(gradient) == 4"],
    ],
)
def test_lines_that_may_hold_are_taken(lines: list[str]) -> None:
    body = "\n    ".join(["id: a", BACKWARD, *lines])
    load(f"{HEAD}  - {body}\n")


@pytest.mark.parametrize(("field", "line"), [("given", "true"), ("given", "1 < 2"), ("evidence", "2 == 2")])
def test_a_condition_that_reads_nothing_of_the_submission(field: str, line: str) -> None:
    assert "it reads nothing of the submission" in one(BACKWARD, f"{field}: {line}", "expect: {passes: 2}")


def test_a_word_that_a_variable_never_is() -> None:
    assert one("kind: plot", 'holds: source == "autogard"').endswith(
        '`source` is never "autogard", so this never holds; did you mean `autograd`? Known: autograd, other, unknown'
    )


@pytest.mark.parametrize("name", ["raised", "refused", "same_leaf"])
def test_what_only_rubrics_know_is_refused_in_a_check(name: str) -> None:
    assert f"`{name}` is for the `when` of a rubric: nothing that passes has it" in one(BACKWARD, f"given: {name}")


# --------------------------------------------------------------------------------------------------------------------
# With the rubric
# --------------------------------------------------------------------------------------------------------------------


def of_course(check: str, when: str = "found", more: str = "") -> list[str]:
    for folder in ("exercises", "rubrics", "solutions"):
        Path(folder).mkdir()
    Path("solutions/x.py").touch()
    points = "\n  b: {points: 1}" if more else ""
    Path("exercises/x.yaml").write_text(f"{HEAD}  - {check}\n{more}", encoding="utf-8")
    rubric = f"exercise: x\nchecks:\n  a:\n    points: 1\n    mistakes: [{{when: '{when}', say: S}}]{points}\n"
    Path("rubrics/x.yaml").write_text(rubric, encoding="utf-8")
    return mistakes(Path())


NAMED = "{id: a, kind: backward, names: {u: [u, v]}, expect: {passes: 2}}"


def test_a_name_that_nothing_uses_is_refused() -> None:
    assert of_course(NAMED) == [
        "exercises/x.yaml:5: checks[0].names.u: nothing uses `u`: no line of this check or its rubric, not `leaf` or "
        "`through`, and no later check `a.u`; leave it out"
    ]


def test_a_name_that_no_line_about_steps_uses_is_refused() -> None:
    (said,) = of_course("{id: a, kind: steps, names: {w: [w], v: [v]}, leaf: w, holds: was_zeroed}")
    assert "checks[0].names.v: nothing uses `v`" in said


def test_what_is_beside_values_is_for_later_checks() -> None:
    (said,) = of_course("{id: a, kind: value, names: {x: x}, beside: {y: y}, holds: x > 1}")
    assert said.endswith("beside.y: no later check refers to `a.y`, which is all that `beside` is for; leave it out")


@pytest.mark.parametrize(
    ("check", "when", "more"),
    [
        (NAMED.replace("expect", "leaf: u, expect"), "found", ""),
        (NAMED.replace("expect", "through: u, expect"), "found", ""),
        (NAMED.replace("expect: {passes: 2}", "leaves: [u, w], expect: {w.gradient: 2}"), "found", ""),
        (NAMED, "u == 2", ""),
        (NAMED, "found", "  - {id: b, kind: backward, leaf: a.u, expect: {passes: 2}}\n"),
    ],
)
def test_a_name_that_something_uses_is_taken(check: str, when: str, more: str) -> None:
    with pytest.raises(pytest.fail.Exception):
        of_course(check, when, more)
    assert load_course(Path()).exercises[0].exercise.checks


def test_a_condition_of_a_rubric_that_never_holds_is_refused() -> None:
    said = of_course("{id: a, kind: backward, expect: {passes: 2}}", 'repeats < 1 or passes >= 0 or raised == "no"')
    assert [line.partition(": `")[0] for line in said] == ["rubrics/x.yaml:5: checks.a.mistakes[0].when"] * 2
    assert '`raised` is never "no", so this never holds; known: ' in said[0]
    assert said[1].endswith("`repeats < 1`: `repeats` is 1 or more, so this never holds")

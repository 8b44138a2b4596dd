"""Lines that hold whatever was handed in are mistakes of the exercise; lines that somebody may fail are none."""

from __future__ import annotations

import pytest

from tests.course.exercise_files import HEAD, load, of_check

pytestmark = pytest.mark.usefixtures("in_folder")

FUNCTION = "kind: function, function: f, arguments: {w: {normal: [3]}, p: [{normal: [2]}]}"
MODULE = "kind: module, module: M, arguments: {w: {normal: [3]}}"
VALUE = "kind: value, names: {w: [w], u: [u]}, when: end"
BACKWARD = "kind: backward"
STEPS = "kind: steps"
EVERYTHING = "it holds for everything that may be handed in"
HANDED_IN = "reads only what the course hands in"


def said(kind: str, line: str, field: str = "holds") -> list[str]:
    beside = "" if kind is not FUNCTION and kind is not MODULE else ", expect: {output: reference}"
    return of_check(f"{{id: a, {kind}, {field}: ['{line}']{beside}}}")


@pytest.mark.parametrize("kind", [FUNCTION, MODULE])
@pytest.mark.parametrize(
    "line",
    [
        "finite(w)",
        "w.shape == (3,)",
        "size(w) > 2.5",
        "w.requires_grad == 1",
        "w",
        "abs(w) >= 0",
        "min(w) <= max(w)",
        "sum(softmax(w)) == 1",
        'w.dtype == "float32"',
        "w[0] > -100",
        "w.T.shape == (3,)",
        "finite(2 * w + 1)",
    ],
)
def test_what_the_exercise_hands_in_proves_nothing(kind: str, line: str) -> None:
    (text,) = said(kind, line)
    assert f"checks[0].holds[0]: `{line}` {HANDED_IN}" in text
    assert "`w.after` or `w.gradient`" in text


@pytest.mark.parametrize("wanted", ["reference", "3", "2 * w"])
def test_an_argument_is_nothing_to_compare_with(wanted: str) -> None:
    (text,) = of_check(f"{{id: a, {MODULE}, expect: {{w.T: {wanted}}}}}")
    assert HANDED_IN in text


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (FUNCTION, "output or True"),
        (FUNCTION, "size(output) >= 0"),
        (FUNCTION, "abs(output) >= 0"),
        (FUNCTION, "not w.changed or w.changed"),
        (FUNCTION, "not p[0].changed or p[0].changed"),
        (FUNCTION, "paths >= 0"),
        (FUNCTION, "norm(w.gradient) > -1"),
        (FUNCTION, "relu(output) >= 0"),
        (FUNCTION, "min(output) <= max(output)"),
        (MODULE, "parameter_count * 2 >= 0"),
        (MODULE, "training or not training"),
        (BACKWARD, "norm(gradient) >= 0"),
        (BACKWARD, "passes >= 0 or order == 2"),
        (STEPS, "norm(after) >= 0"),
        (VALUE, "norm(u) >= 0"),
        (VALUE, 'u.source == "autograd" or u.source == "other" or u.source == "unknown"'),
    ],
)
def test_what_everything_meets_proves_nothing(kind: str, line: str) -> None:
    assert any(EVERYTHING in text or "holds for everything" in text for text in said(kind, line))


@pytest.mark.parametrize("line", ["output", "gradient"])
def test_a_value_by_itself_says_too_little(line: str) -> None:
    kind = FUNCTION if line == "output" else BACKWARD
    (text,) = said(kind, line)
    assert f"`{line}` by itself only asks that no element is zero" in text


@pytest.mark.parametrize("field", ["given", "holds"])
@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (FUNCTION, "finite(output)"),
        (FUNCTION, "size(output) >= 1"),
        (FUNCTION, "output.shape == w.shape"),
        (FUNCTION, "any(output != 2 * w)"),
        (FUNCTION, "not all(output == w + 1)"),
        (FUNCTION, "paths >= 1"),
        (FUNCTION, 'error != "ValueError"'),
        (FUNCTION, "output != None"),
        (FUNCTION, "w.gradient != None"),
        (FUNCTION, "w.changed"),
        (FUNCTION, "not w.changed"),
        (FUNCTION, "p.changed"),
        (FUNCTION, "not p[0].changed"),
        (FUNCTION, "any(w.after != w)"),
        (FUNCTION, "max(output) < 1e20"),
        (FUNCTION, 'output.dtype != "int64"'),
        (FUNCTION, "output.requires_grad"),
        (FUNCTION, "abs(sum(output, 0) - 1) < 1e9"),
        (FUNCTION, "any(output[0] != w)"),
        (MODULE, "trainable_count <= parameter_count"),
        (MODULE, "not (parameter_count == 12 and trainable_count == 4)"),
        (MODULE, "kept <= 0.9"),
        (MODULE, 'error != "shape"'),
        (BACKWARD, "not (order == 2 and passes == 3 and repeats == 2 and was_zeroed)"),
        (BACKWARD, "any(gradient != 3)"),
        (BACKWARD, 'mode != "forward"'),
        (VALUE, "any(u != 2)"),
        (VALUE, 'u.source != "unknown"'),
        (VALUE, "not u.requires_grad"),
    ],
)
def test_what_somebody_may_fail_is_let_through(kind: str, line: str, field: str) -> None:
    beside = "" if kind is not FUNCTION and kind is not MODULE else ", expect: {output: reference}"
    load(f"{HEAD}  - {{id: a, {kind}, {field}: ['{line}']{beside}}}\n")


def test_given_may_choose_among_the_calls_by_their_arguments() -> None:
    load(f"{HEAD}  - {{id: a, {FUNCTION}, given: 'w[0] > 0', expect: {{output: reference}}}}\n")
    (text,) = said(FUNCTION, "size(w) >= 0", "given")
    assert EVERYTHING in text


@pytest.mark.parametrize("line", ["any(after != leaf - 0.1 * gradient)", "next_loss < loss or number > 5"])
def test_what_a_step_may_fail_is_let_through(line: str) -> None:
    load(f"{HEAD}  - {{id: a, {STEPS}, given: ['{line}'], holds: ['{line} and passes == 1']}}\n")

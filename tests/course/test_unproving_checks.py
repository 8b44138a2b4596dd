"""Checks that zeros or a constant meet are mistakes of the exercise, with the line and what passes."""

from __future__ import annotations

import pytest

from tests.course.exercise_files import HEAD, load, mistakes

pytestmark = pytest.mark.usefixtures("in_folder")


@pytest.mark.parametrize(
    ("check", "line", "what"),
    [
        (
            "kind: backward, expect: {gradient: 'where(abs(leaf) < 0.1, gradient, output / leaf)'}",
            "gradient: where(abs(leaf) < 0.1, gradient, output / leaf)",
            "a leaf of zeros, with any gradient,",
        ),
        (
            "kind: backward, expect: {gradient: gradient + 0 * leaf}",
            "gradient: gradient + 0 * leaf",
            "a leaf of zeros, with any gradient,",
        ),
        (
            "kind: backward, holds: max(abs(gradient - 2 * leaf)) < 0.001",
            "max(abs(gradient - 2 * leaf)) < 0.001",
            "a leaf of zeros, with a gradient of zeros,",
        ),
        (
            "kind: backward, given: passes == 2, holds: all(gradient == 2 * leaf)",
            "all(gradient == 2 * leaf)",
            "a leaf of zeros, with a gradient of zeros,",
        ),
        (
            "kind: backward, leaves: [x, y], holds: norm(x.gradient - y) < 0.001",
            "norm(x.gradient - y) < 0.001",
            "a leaf of zeros, with a gradient of zeros,",
        ),
        (
            "kind: backward, leaves: [x], holds: 'norm(x.gradient.T[0:2] - 2 * x.T[0:2]) < 0.001'",
            "norm(x.gradient.T[0:2] - 2 * x.T[0:2]) < 0.001",
            "a leaf of zeros, with a gradient of zeros,",
        ),
        ("kind: value, names: {u: [u], x: [x]}, holds: norm(u - x * x) < 0.1", "norm(u - x * x) < 0.1", "a tensor of"),
        ("kind: value, names: {u: [u], x: [x]}, holds: abs(u - x) < 9", "abs(u - x) < 9", "a tensor of zeros for each"),
        ("kind: plot, holds: max(abs(y - sin(x))) < 2", "max(abs(y - sin(x))) < 2", "a flat curve at 0"),
    ],
)
def test_what_zeros_or_a_constant_meet_is_a_mistake(check: str, line: str, what: str) -> None:
    (mistake,) = mistakes(f"{HEAD}  - {{id: a, kind: backward}}\n  - {{id: b, {check}}}\n")
    assert f"`{line}` proves nothing: {what}" in mistake
    assert "passes this check" in mistake
    assert "`any(gradient != 0)`" in mistake


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("kind: backward, holds: 1 == 1", "`1 == 1` proves nothing: it reads nothing of the submission"),
        ("kind: backward, holds: true", "`True` proves nothing: it reads nothing of the submission"),
        ("kind: backward, expect: {1: 1}", "`1: 1` proves nothing: it compares something with itself"),
        ("kind: backward, expect: {1 + 1: 2}", "`1 + 1: 2` proves nothing: it reads nothing of the submission"),
        (
            "kind: backward, holds: gradient == gradient",
            "`gradient == gradient` proves nothing: both sides are the same",
        ),
        ("kind: backward, holds: all(leaf <= leaf)", "`all(leaf <= leaf)` proves nothing: both sides are the same"),
        ("kind: backward, expect: {gradient: gradient}", "`gradient: gradient` proves nothing: it compares something"),
        ("kind: value, names: {x: x, y: y}, holds: y * x == x * y", "`y * x == x * y` proves nothing: both sides"),
        ("kind: function, function: f, inputs: [{normal: [3]}], holds: output == output", "`output == output` proves"),
        (
            "kind: function, function: f, inputs: [{value: [0, 0]}, {value: 0}], expect: {output: input ** 2}",
            "a function that is called with nothing but 0 proves nothing",
        ),
        (
            "kind: function, function: f, inputs: [{value: [1, 1]}], expect: {gradient: 2 * input}",
            "a function that is called with nothing but 1 proves nothing",
        ),
        (
            "kind: function, function: any, inputs: [{value: 1}], expect: {output: reference}",
            "a function that is called with nothing but 1 proves nothing",
        ),
        (
            "kind: function, function: any, inputs: [{normal: [3]}], expect: {gradient: output / input}",
            "`3 * x` and `-x / 2` pass as well",
        ),
    ],
)
def test_what_every_submission_meets_is_a_mistake(check: str, said: str) -> None:
    (mistake,) = mistakes(f"{HEAD}  - {{id: a, {check}}}\n")
    assert mistake.startswith("x.yaml:5: ")
    assert said in mistake


@pytest.mark.parametrize(
    "check",
    [
        "kind: backward, expect: {gradient: output / leaf}",
        # Beside 0 the gradient has to be the same quotient, so the evaluator itself sees that 0 proves nothing.
        "kind: backward, expect: {gradient: 'where(leaf == 0, gradient, output / leaf)'}",
        "kind: backward, expect: {gradient: 2 * leaf}",
        "kind: backward, holds: gradient == 2 * leaf",
        "kind: backward, given: root == sum(leaf ** 2), expect: {gradient: 2 * leaf}",
        "kind: backward, holds: [max(abs(gradient - 2 * leaf)) < 0.001, any(gradient != 0)]",
        "kind: backward, leaves: [x, y], expect: {x.gradient: y, y.gradient: x}",
        # What is asked for is a zero, or a constant.
        "kind: backward, expect: {gradient: 0}",
        "kind: backward, given: root == sum(leaf), expect: {gradient: 1}",
        # These are about how something was done.
        "kind: backward, given: passes >= 2, expect: {grad: grad_before + gradient}",
        "kind: backward, holds: passes >= 2",
        "kind: backward, holds: gradient.dtype == leaf.dtype",
        "kind: backward, holds: shape(gradient) == shape(leaf)",
        "kind: backward, holds: finite(gradient)",
        "kind: value, names: {u: [u], x: [x]}, holds: [u == x * x, not u.requires_grad]",
        "kind: value, names: {u: [u], x: [x]}, expect: {u: x ** 2 + 1}",
        "kind: value, names: {u: [u], x: [x]}, expect: {u: x}",
        "kind: value, names: {u: [u], x: [x]}, holds: shape(u) == shape(x)",
        "kind: value, names: {u: [u]}, holds: u == 0",
        "kind: plot, expect: {y: cos(x)}",
        "kind: plot, holds: points >= 40",
        "kind: backward, holds: gradient < gradient + 1",
        "kind: value, names: {x: x, y: y}, holds: y - x == x - y",
        # What happens at 0 may be the question.
        "kind: function, function: f, inputs: [{value: 0}], expect: {gradient: 0}",
        "kind: function, function: f, inputs: [{value: 0}], expect: {gradient: numeric}, holds: finite(gradient)",
        "kind: function, function: f, inputs: [{value: 0}, {value: 1}], expect: {output: input ** 2}",
        "kind: function, function: any, inputs: [{normal: [3]}], expect: {gradient: 3}",
        "kind: raises, error: backward-twice",
        "kind: uses, names: [detach]",
        "kind: answer, keywords: [[sum]]",
        "kind: function, function: any, inputs: [value: 2], expect: {output: reference}",
    ],
)
def test_there_is_no_false_alarm(check: str) -> None:
    assert load(f"{HEAD}  - {{id: a, {check}}}\n").checks[0].id == "a"

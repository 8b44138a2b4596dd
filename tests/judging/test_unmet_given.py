"""What is said where no candidate meets ``given``, or nothing came after what has to come first."""

from __future__ import annotations

import pytest

from tests.judging.conftest import Judged

PASSES = """\
import torch
x = torch.arange(4.0, requires_grad=True)
y = (x**2).sum()
y.backward(retain_graph=True)
y.backward()
"""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "[root == sum(leaf**2), order == 2]",
            "The nearest, line 5, meets 1 of 2 conditions. Not as asked for there: the order of the derivative "
            "(here 1).",
        ),
        (
            "root == sum(leaf**3) and size(leaf) == 4",
            "The nearest, line 5, meets 1 of 2 conditions. Not as asked for there: what the pass started from "
            "(here 14).",
        ),
        (
            "[retain_graph, repeats == 2]",
            "Not as asked for there: whether the pass was told to keep the graph.",
        ),
        (
            "[retain_graph and passes == 1, repeats == 2]",
            "The nearest, line 4, meets 2 of 3 conditions. Not as asked for there: how many passes there were from",
        ),
    ],
)
def test_what_the_nearest_lacks_is_said_by_what_the_condition_looks_at(
    judged: Judged, given: str, expected: str
) -> None:
    message = judged(f"kind: backward, given: {given}, expect: {{passes: 1}}", PASSES).message
    assert message.startswith("No backward pass does what is asked for. 2 backward passes that worked were seen. The ")
    assert expected in message
    assert "leaf**" not in message


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("order == 2", "the order of the derivative (here 1)"),
        ("size(leaf) == 5", "the tensor that the pass reached, with its value at that time (here of shape (4,))"),
        ("root == sum(leaf**3)", "what the pass started from (here 14)"),
    ],
)
def test_what_the_latest_lacks_is_said_where_there_is_one_condition(judged: Judged, given: str, said: str) -> None:
    message = judged(f"kind: backward, given: {given}, expect: {{passes: 1}}", PASSES).message
    assert message == (
        f"No backward pass does what is asked for. 2 backward passes that worked were seen. Not as asked for in the "
        f"latest, line 5: {said}."
    )


def test_nothing_more_is_said_where_no_condition_of_several_is_met(judged: Judged) -> None:
    message = judged("kind: backward, given: [order == 2, size(leaf) == 9], expect: {passes: 1}", PASSES).message
    assert message == "No backward pass does what is asked for. 2 backward passes that worked were seen."


def test_the_nodes_of_the_graph_are_said_where_a_line_about_them_fails(judged: Judged) -> None:
    message = judged("kind: backward, holds: \"operations == ['MulBackward0']\"", PASSES).message
    assert message == (
        "A backward pass that reached `x` comes close, but `operations == ['MulBackward0']` does not hold: "
        "`operations` is ['AccumulateGrad', 'PowBackward0', 'SumBackward0']."
    )


AFTER = "kind: raises, error: {error}}}\n  - {{id: d, after: c, kind: {kind}"
KINDS = [
    "value, names: {w: [w]}, holds: w == 1",
    "backward, expect: {passes: 9}",
    "plot, given: y == x",
    "output, text: seven",
    "uses, call: detach",
    "raises, error: no-graph",
]


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_to_come_first_and_was_not_found(judged: Judged, kind: str) -> None:
    message = judged(AFTER.format(error="inplace-on-leaf", kind=kind), f"{PASSES}w = 1\n").message
    assert message == "What has to come first was not found, so there was nothing to look for after it."


def test_what_was_there_only_before_is_said(judged: Judged) -> None:
    code = f"{PASSES}print('seven')\ntry:\n    y.backward()\nexcept RuntimeError:\n    pass\n"
    message = judged(AFTER.format(error="backward-twice", kind="output, text: seven"), code).message
    assert message == "Outputs were seen only before what has to come first; they count after it."


def test_at_the_end_the_value_is_said(judged: Judged) -> None:
    check = "kind: value, names: {x: [x], n: [n]}, when: end, holds: n > 3 * size(x)"
    assert judged(check, f"{PASSES}n = 10\nn = 5\n").message == (
        "At the end, `n > 3 * size(x)` does not hold: `n` is 5 and `x` is [0, 1, 2, 3]."
    )


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("n = 10\nn = 5\nx = 2 * x\nx = None\nm = 7\n", 9),
        ("n = 5\nm = n\nfor n in range(2):\n    x = 1.0\n\nm = 7\n", 8),
        ("def f(n):\n    m = n\n    return 2 * m\nn = 5\nf(3)\nm = f(4)\n", 9),
    ],
)
def test_at_the_end_the_place_is_where_the_values_were_bound(judged: Judged, code: str, line: int) -> None:
    other = "kind: value, names: {m: [m]}, holds: m == 7}\n  - {id: d, "
    verdict = judged(f"{other}kind: value, names: {{x: [x], n: [n]}}, when: end, holds: n > 30", f"{PASSES}{code}")
    assert verdict.place is not None
    assert (verdict.status, verdict.place.line) == ("failed", line)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "w = 3\n",
            "`w` was there, but never as asked for here. One moment was seen. Not as asked for in the latest, "
            "line 1: `w` (here 3).",
        ),
        (
            "w = 'a' * 500\n",
            "`w` was there, but never as asked for here. One moment was seen. Not as asked for in the latest, "
            f'line 1: `w` (here "{"a" * 59}…").',
        ),
        ("v = 3\n", "Nothing named `w` was found."),
    ],
)
def test_a_name_that_was_there_is_not_called_missing(judged: Judged, code: str, expected: str) -> None:
    assert judged("kind: value, names: {w: [w]}, given: w > 5, holds: w == 7", code).message == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (
            "def f(x): return x.sum()",
            "`f` was called, but no call of it is as asked for here. The nearest, line 1, meets 1 of 2 conditions. Not "
            "as asked for there: what it returned (here 0.50477).",
        ),
        ("def g(x): return x", "No function `f` of one argument was found."),
    ],
)
def test_a_function_that_was_called_is_not_called_missing(judged: Judged, code: str, expected: str) -> None:
    check = "kind: function, function: f, inputs: [{normal: [3]}], given: [size(output) == 3, size(input) == 3]"
    assert judged(f"{check}, expect: {{output: 2 * input}}", code).message == expected


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (
            "kind: uses, call: exp, given: size(tensor) == 9",
            "No call of `exp` is as asked for here. One use of it was seen. Not as asked for in the latest, line 2: "
            "the tensor of the call, as it was then (here of shape (2,)).",
        ),
        (
            "kind: raises, error: no-graph, given: repeats == 4",
            "No call that raised torch's error \"element 0 of tensors does not require grad and does not have a "
            'grad_fn" is as asked for here. One such error was seen. Not as asked for in the latest, line 4: how many '
            "passes from this very `output` had worked before (here 0).",
        ),
    ],
)
def test_what_happened_otherwise_is_not_called_missing(judged: Judged, check: str, expected: str) -> None:
    code = "import torch\ntorch.ones(2).exp()\ntry:\n    torch.ones(()).backward()\nexcept RuntimeError:\n    pass\n"
    assert judged(check, code).message == expected


TWO_LEAVES = """\
import torch
alpha, beta = torch.ones(2, requires_grad=True), torch.zeros((), requires_grad=True)
for _ in range(3):
    ((alpha - 2 + beta) ** 2).sum().backward()
    alpha.grad = None
"""


@pytest.mark.parametrize(
    ("check", "code", "expected"),
    [
        (
            "leaf: alpha, only: true, every: gradient == 2 * (leaf - 2)",
            TWO_LEAVES,
            "Backward passes gave `alpha` the right gradient, but they also reached `beta`, and nothing else should "
            "have been differentiated here. Does `beta` have to require a gradient?",
        ),
        (
            "leaf: alpha, only: true, every: gradient == leaf, steps: 2",
            TWO_LEAVES,
            "No backward pass that reached `alpha` and nothing else does what is asked for. 3 backward passes were "
            "seen. The latest, line 4, also reached `beta`, and nothing else should be differentiated there.",
        ),
        (
            "given: size(leaf) == 2, only: true, expect: {gradient: leaf}",
            TWO_LEAVES.replace("range(3)", "range(1)"),
            "No backward pass does what is asked for. The one that was seen, line 4, also reached `beta`, and nothing "
            "else should be differentiated there.",
        ),
        (
            "leaves: [w, b], names: {w: [w], b: [beta]}, expect: {w.gradient: b}",
            TWO_LEAVES,
            "No backward pass does what is asked for. 3 backward passes were seen. The latest, line 4, reached "
            "`beta` and `alpha`; none of its leaves is called `w`.",
        ),
        (
            "leaves: [w, b], only: true, expect: {w.gradient: b}",
            TWO_LEAVES.replace(" + beta", ""),
            "No backward pass does what is asked for. 3 backward passes were seen. The latest, line 4, reached "
            "`alpha`, where 2 leaves are needed.",
        ),
        (
            "leaves: [w, b], given: [size(b) == 1, size(w) == 3], expect: {w.gradient: b}",
            TWO_LEAVES,
            "No backward pass does what is asked for. 3 backward passes that worked were seen. The nearest, line 4, "
            "meets 1 of 2 conditions. Not as asked for there: `w` (here of shape (2,)).",
        ),
        (
            "given: root == 7 * sum(leaf ** 2), next: {leaf: leaf}",
            TWO_LEAVES.replace(" + beta", ""),
            "No backward pass does what is asked for. 3 backward passes that worked were seen. Not as asked for in the "
            "latest, line 4: what the pass started from (here 2).",
        ),
        (
            'given: [mode == "forward", size(leaf) == 2], expect: {jvp: 2}',
            TWO_LEAVES.replace(" + beta", ""),
            "No backward pass does what is asked for. 3 backward passes that worked were seen. The nearest, line 4, "
            'meets 1 of 2 conditions. Not as asked for there: the mode of differentiation (here "reverse").',
        ),
    ],
)
def test_passes_that_cannot_count_are_told_with_what_they_reached(
    judged: Judged, check: str, code: str, expected: str
) -> None:
    assert judged(f"kind: backward, {check}", code).message == expected

"""``backward`` against ``reference``: which pass of the reference counts, and what is said where none does."""

from __future__ import annotations

from collections.abc import Callable

from grader.model import Verdict

Judged = Callable[..., Verdict]
HEAD = "import torch\nx = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\n"
ONE_LEAF = "kind: backward, expect: {gradient: reference}"
TWO_LEAVES = "kind: backward, leaves: [a, b], expect: {a.gradient: reference, b.gradient: reference}"


class TestWhichPassCounts:
    def test_the_one_over_an_equal_leaf(self, judged: Judged) -> None:
        reference = (
            HEAD + "(x**2).sum().backward()\nz = torch.tensor([4.0, 5.0], requires_grad=True)\n(z**3).sum().backward()"
        )
        assert judged(ONE_LEAF, reference).status == "passed"
        assert judged(ONE_LEAF, reference, HEAD + "torch.autograd.grad((x * x).sum(), x)").status == "passed"
        other = judged(ONE_LEAF, reference, HEAD + "(x**3).sum().backward()")
        assert (other.status, other.expected, other.actual) == ("failed", "[2, 4, 6]", "[3, 12, 27]")

    def test_a_leaf_of_the_students_own_choice_cannot_be_compared(self, judged: Judged) -> None:
        code = "import torch\nv = torch.tensor([7.0, 2.0, 3.0], requires_grad=True)\n(v**2).sum().backward()"
        verdict = judged(ONE_LEAF, HEAD + "(x**2).sum().backward()", code)
        assert verdict.message == (
            "The gradient of `v` cannot be compared: `v` has other values here than in the exercise. Take the data "
            "that the exercise gives."
        )
        assert (verdict.status, verdict.difference) == ("failed", None)
        column = judged(
            ONE_LEAF, HEAD + "(x**2).sum().backward()", code.replace("[7.0, 2.0, 3.0]", "[[1.0], [2.0], [3.0]]")
        )
        assert "`v` has the shape (3, 1) here and (3,) in the exercise" in column.message

    def test_which_leaf_without_a_name_is_another_is_said(self, judged: Judged) -> None:
        """Leaves of a layer have no names in the record where nothing asks for these."""
        head = "import torch\nlayer = torch.nn.Linear(2, 1)\nw, b = torch.ones(1, 2), torch.zeros(1)\n"
        set_values = "with torch.no_grad():\n    layer.weight.copy_(w)\n    layer.bias.fill_({})\n"
        code = head + set_values + "(layer(torch.tensor([[1.0, 3.0]])) ** 2).sum().backward()"
        check = f"{TWO_LEAVES}, given: size(a) == 2 and size(b) == 1"
        assert judged(check, code.format(0)).status == "passed"
        assert judged(check, code.format(0), code.format(1)).message == (
            "`a.gradient` of the leaves cannot be compared: the leaf of shape (1,), `b` of the exercise, has other "
            "values here than in the exercise. Take the data that the exercise gives."
        )

    def test_the_value_that_was_differentiated_is_said_in_words(self, judged: Judged) -> None:
        check = "kind: backward, expect: {root: reference, gradient: reference}"
        code = HEAD + "(x**2).sum().backward()"
        assert judged(check, code, code.replace("sum()", "sum().mul(4)")).message == (
            "What was differentiated by `x` is 4 times the expected value."
        )

    def test_a_wrong_gradient_is_said_before_leaves_that_follow_from_it(self, judged: Judged) -> None:
        step = "    ({}).sum().backward()\n    with torch.no_grad():\n        x -= 0.1 * x.grad\n    x.grad = None"
        step = f"for _ in range(2):\n{step}"
        verdict = judged(ONE_LEAF, HEAD + step.format("x**2"), HEAD + step.format("5 * x**2"))
        assert verdict.message == "The gradient of `x` is 5 times the expected value."

    def test_roles_that_nothing_tells_apart_may_be_either_leaf(self, judged: Judged) -> None:
        head = "import torch\nw, b = (torch.tensor(0.0, requires_grad=True) for _ in range(2))\n"
        reference = head + "t = torch.arange(3.0)\n" + "((w * t + b - 2 * t - 1) ** 2).mean().backward()"
        assert judged(TWO_LEAVES, reference).status == "passed"
        assert judged(TWO_LEAVES, reference, reference.replace("w, b =", "b, w =")).status == "passed"
        assert judged(TWO_LEAVES, reference, reference.replace("mean", "sum")).status == "failed"

    def test_numbers_that_are_all_alike_must_change_alike(self, judged: Judged) -> None:
        """At ones, the gradient of x² is 2, and so is that of 2x; how the gradient changes tells them apart."""
        head = "import torch\nx = torch.ones(3, requires_grad=True)\n"
        reference = head + "(x**2).sum().backward()"
        assert judged(ONE_LEAF, reference).status == "passed"
        verdict = judged(ONE_LEAF, reference, head + "(2 * x).sum().backward()")
        assert verdict.status == "failed"
        assert "is right only at these numbers (all are 1)" in verdict.message


class TestMistakesOfTheCourse:
    def test_passes_that_contradict_each_other(self, judged: Judged) -> None:
        verdict = judged(ONE_LEAF, HEAD + "(x**2).sum().backward()\n(x**3).sum().backward()")
        assert (verdict.status, verdict.place and verdict.place.line) == ("error", 4)
        assert verdict.message == (
            "Two passes of the reference meet `given` over equal leaves and differ in `gradient` (line 3 and line 4), "
            "so `reference` could be either. Add a line to `given` that only the one meets which is meant, such as a "
            "condition on `output`, `order` or `passes`."
        )
        mended = ONE_LEAF + ", given: output == leaf ** 3"
        assert judged(mended, HEAD + "(x**2).sum().backward()\n(x**3).sum().backward()").status == "passed"

    def test_passes_that_agree_count_as_one(self, judged: Judged) -> None:
        assert judged(ONE_LEAF, HEAD + "(x**2).sum().backward()\n(x * x).sum().backward()").status == "passed"

    def test_no_pass_that_could_be_meant(self, judged: Judged) -> None:
        verdict = judged(ONE_LEAF + ", given: order == 2", HEAD + "(x**2).sum().backward()")
        assert verdict.status == "error"
        assert verdict.message.startswith("No pass of the reference reaches such leaves and meets `given`")

    def test_every_way_of_any_of_needs_its_pass(self, judged: Judged) -> None:
        ways = "any-of: [{given: order == 2}, {given: order == 1}], kind: backward, expect: {gradient: reference}"
        verdict = judged(ways, HEAD + "(x**2).sum().backward()")
        assert verdict.status == "error"
        assert verdict.message.startswith("No pass of the reference reaches such leaves and meets `given`")
        assert verdict.message.endswith("(Way 1 of `any-of`.)")
        both = "(g,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)\ng.sum().backward()"
        assert judged(ways, HEAD + both).status == "passed"


class TestOnly:
    CHECK = "kind: backward, only: true, expect: {gradient: 2 * leaf}"
    TWO = HEAD + "b = torch.tensor([1.0, 4.0, 2.0], requires_grad=True)\n(x**2 + b).sum().backward()"

    def test_a_pass_that_reaches_further_leaves_does_not_count(self, judged: Judged) -> None:
        check = self.CHECK.replace("expect", "leaf: x, expect")
        assert judged(check, HEAD + "(x**2).sum().backward()").status == "passed"
        verdict = judged(check, self.TWO)
        assert (verdict.status, verdict.place and verdict.place.line) == ("failed", 4)
        assert verdict.message == (
            "A backward pass gave `x` the right gradient, but it also reached `b`, and nothing else should have been "
            "differentiated here. Does `b` have to require a gradient?"
        )

    def test_the_roles_are_all_that_it_reaches(self, judged: Judged) -> None:
        roles = "kind: backward, only: true, leaves: [a, b], given: max(b) == 4, expect: {a.gradient: 2 * a}"
        assert judged(roles, self.TWO).status == "passed"
        three = self.TWO.replace("x**2 + b", "x**2 + b + torch.ones(3, requires_grad=True)")
        assert "also reached a leaf without a name" in judged(roles, three).message

    def test_what_is_wrong_besides_is_said_first(self, judged: Judged) -> None:
        verdict = judged(self.CHECK.replace("expect", "leaf: x, expect"), self.TWO.replace("x**2", "x**3"))
        assert verdict.message == (
            "No backward pass that reached `x` and nothing else does what is asked for. The one that was seen, line 4, "
            "also reached `b`, and nothing else should be differentiated there."
        )

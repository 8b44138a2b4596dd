"""The variables of a backward pass: what each is, for the docs, and what it can be."""

from __future__ import annotations

from collections.abc import Mapping

from grader.judging.error_families import FAMILIES
from grader.judging.variable_kinds import COUNT, FLAG, NUMBERS, Count, VariableKind, Word

VARIABLES: Mapping[str, str] = {
    "leaf": "the tensor that the pass reached, with its value at that time",
    "gradient": "what this pass computed for the leaf",
    "grad": "the leaf's `.grad` after the pass; None where there is none, as after `autograd.grad`",
    "grad_before": "the leaf's `.grad` before the pass",
    "root": "what the pass started from",
    "output": "what the pass started from, before a last `sum`, `mean` or index: `d` for `d.sum().backward()`",
    "weights": "the weight of each element of `output`: what stands in `gradient=`, ones for a sum, 1/n for a mean",
    "mode": 'the mode of differentiation: "reverse", or "forward" for `torch.func.jvp`, dual numbers and `jacfwd`, '
    "also for `jvp` and `hvp` of `torch.autograd.functional`",
    "tangent": "the direction in which forward mode has differentiated by the leaf (with roles `x.tangent`); None "
    "in reverse mode, and of `jacfwd`, which takes all directions at once",
    "jvp": "the derivative of `root` in the direction of forward mode; where it does not tell the gradient, "
    "`gradient` is unknown",
    "order": "the order of the derivative: 1, or 2 where a gradient is differentiated again, and so on",
    "passes": "how many passes `grad` sums; a value assigned by hand sets it back",
    "was_zeroed": "whether `.grad` held something before and was cleared",
    "cleared": "how many passes `.grad` had summed when it was cleared last",
    "repeats": "how many passes there were from this very `output` so far",
    "alike": "how many of the passes that `grad` sums are like this one: from this output, or over the same "
    "function computed anew",
    "cleared_alike": "how many passes like this one `.grad` had summed when it was cleared last",
    "is_new_leaf": "whether an earlier pass reached another tensor of the same name",
    "refusals": "how often a backward from this output failed, at any time, because it is no single number",
    "trained": "whether the same line ran another pass when the leaf had another value, as in a loop that trains",
    "retain_graph": "whether the pass was told to keep the graph",
    "create_graph": "whether the gradient can be differentiated again",
    "operations": "the names of the graph's nodes, such as `MulBackward0`, in alphabetical order; "
    "`AccumulateGrad` is a leaf",
    "affine": "whether the graph only adds, and multiplies by constants",
    "functions": "how many functions of the student's the graph goes through",
    "custom_function": "whether the graph goes through an `autograd.Function` of the submission's own",
    "branches": "in how many ways the code of the function ran; 0 where `through` names no function check",
    "same_leaf": "in rubrics: whether the pass reached the very leaf that an earlier check found",
    "same_through": "in rubrics: whether its graph went through the very tensor that an earlier check found",
    "raised": "in rubrics, of a pass that raised: the family of torch's error",
    "refused": "in rubrics, of a pass that raised: what it should have started from",
}

VALUES: Mapping[str, VariableKind] = {
    **dict.fromkeys(
        ("leaf", "gradient", "grad", "grad_before", "root", "output", "weights", "tangent", "jvp"), NUMBERS
    ),
    **dict.fromkeys(("order", "repeats", "alike"), Count(least=1)),
    **dict.fromkeys(("passes", "cleared", "cleared_alike", "refusals", "functions", "branches"), COUNT),
    **dict.fromkeys(("was_zeroed", "is_new_leaf", "trained", "custom_function", "same_leaf", "same_through"), FLAG),
    "mode": Word(known=frozenset({"forward", "reverse"})),
    "raised": Word(known=frozenset({*FAMILIES, ""})),
}

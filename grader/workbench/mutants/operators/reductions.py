"""Sums, means and what stands beside them: which number a pass starts from, with which weights, along which axis."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from grader.workbench.mutants.code import Change, Code, Operator

SWAPS: Mapping[str, tuple[str, ...]] = {
    "sum": ("mean",),
    "mean": ("sum",),
    "norm": ("sum",),
    "max": ("min",),
    "min": ("max",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "std": ("var",),
    "var": ("std",),
    "prod": ("sum",),
}
LIKES: Mapping[str, tuple[str, ...]] = {
    "ones_like": ("zeros_like", "rand_like"),
    "zeros_like": ("ones_like",),
    "ones": ("zeros",),
    "zeros": ("ones",),
    "randn": ("rand",),
    "rand": ("randn",),
}


def _other_reduction(code: Code) -> Iterator[Change]:
    yield from _renamed(code, SWAPS)


def _other_weights(code: Code) -> Iterator[Change]:
    yield from _renamed(code, LIKES)


def _renamed(code: Code, others: Mapping[str, tuple[str, ...]]) -> Iterator[Change]:
    for call in code.calls():
        function = call.func
        if not isinstance(function, ast.Attribute):
            continue
        end = code.end(function)
        start = end - len(function.attr)
        for other in others.get(function.attr, ()):
            yield Change(start=start, end=end, text=other)


def _not_reduced(code: Code) -> Iterator[Change]:
    for call, tensor in code.methods(*SWAPS):
        yield code.replaced(call, code.grouped(tensor))
    for call, _ in code.functions(*SWAPS):
        if call.args:
            yield code.replaced(call, code.grouped(call.args[0]))


def _first_element(code: Code) -> Iterator[Change]:
    """One element counts, and the others do not."""
    for call, tensor in code.methods("sum", "mean"):
        if not call.args and not call.keywords:
            yield code.replaced(call, f"{code.grouped(tensor)}.reshape(-1)[0]")


def _ones_for_ones_like(code: Code) -> Iterator[Change]:
    for call, name in code.functions("ones_like", "zeros_like"):
        if call.args:
            yield code.replaced(call, f"torch.{name.removesuffix('_like')}(1)")


def _other_axis(code: Code) -> Iterator[Change]:
    for call in code.calls():
        for each in call.keywords:
            if each.arg in ("dim", "axis") and isinstance(each.value, ast.Constant):
                yield code.replaced(each.value, "1" if each.value.value in (0, -2) else "0")
            elif each.arg in ("dim", "axis") and isinstance(each.value, ast.UnaryOp):
                yield code.replaced(each.value, "0")


def _all_axes(code: Code) -> Iterator[Change]:
    for call in code.calls():
        yield from (code.dropped_argument(call, each) for each in call.keywords if each.arg in ("dim", "axis"))


def _without_keepdim(code: Code) -> Iterator[Change]:
    for call in code.calls():
        yield from (code.dropped_argument(call, each) for each in call.keywords if each.arg in ("keepdim", "keepdims"))


OPERATORS = (
    Operator(name="other-reduction", about="mean for sum, sum for mean and the like", changes=_other_reduction),
    Operator(name="drop-reduction", about="a sum, mean or norm is left out", changes=_not_reduced),
    Operator(name="first-element", about="one element in the place of a sum or mean", changes=_first_element),
    Operator(name="other-filling", about="zeros for ones and back, other random numbers", changes=_other_weights),
    Operator(name="drop-like", about="a single one in the place of ones_like", changes=_ones_for_ones_like),
    Operator(name="other-axis", about="another dim or axis", changes=_other_axis),
    Operator(name="drop-axis", about="dim or axis is left out", changes=_all_axes),
    Operator(name="drop-keepdim", about="keepdim is left out", changes=_without_keepdim),
)

"""Why a function's result cannot be what is asked for: a missing ``return``, a number, several values, no graph."""

from __future__ import annotations

from grader.judging.functions.derivatives import derivatives_in
from grader.language.expression import Expression
from grader.model import Array, FunctionCall, Structure
from grader.runtime.protocol.record import INPUT
from grader.text import count

_KINDS = {"int": "a number", "float": "a number", "complex": "a number"}
_STRUCTURES = {
    "tuple": "several values at once (a tuple)",
    "list": "a list",
    "dict": "a dictionary",
    "module": "a module",
}
_NO_GRAD = "torch.no_grad()"
_ONE_TENSOR = "where one tensor is needed"


def why_not_this_structure(call: FunctionCall, line: Expression, wanted: object, *, wants_one: bool) -> str:
    """What a function returned in the place of what is ``wanted``; empty where ``line`` can do with what it returned.

    ``line`` is the expression that does not come out as it should. ``wanted`` is what it should be, as far as it is
    known. ``wants_one``: no line asks for several values.
    """
    output = call.output
    derivatives = tuple(derivatives_in(line))
    if not (derivatives or line.reads("output")):
        return ""
    parts = sorted(path for path in line.paths if path.startswith("output["))
    needed = _ONE_TENSOR if not parts and not isinstance(wanted, Structure) else _several(wanted)
    if output is None or (not isinstance(output, Array | Structure) and output.kind == "none"):
        if call.printed:
            return "it prints something and returns None: what is printed cannot be computed with, so `return` it"
        return "it returns None: is a `return` missing, on this way through the function?"
    if isinstance(output, Structure):
        if wants_one:
            return f"it returns {_STRUCTURES[output.kind]} {_ONE_TENSOR}"
        return _about_several(output, line, wanted, parts)
    if not isinstance(output, Array):
        what = {"text": "a text", "bool": f"`{output.text}`"}.get(output.kind)
        what = what or _KINDS.get(output.text, f"an object of the type `{output.text}`")
        if output.text == "function":
            what = "a function: are the parentheses of a call missing?"
            return f"it returns {what}"
        return f"it returns {what} {needed}"
    if isinstance(wanted, Structure) and line.name == "output":
        return f"it returns one tensor {_several(wanted)}"
    if output.kind == "tensor" or not derivatives:
        return ""
    what = "an array of NumPy" if output.kind == "ndarray" else "a number"
    return f"it returns {what}, which autograd knows nothing about{_cuts(call)}"


def _several(wanted: object) -> str:
    if not isinstance(wanted, Structure):
        return "where several values are needed"
    items = count(len(wanted.items), "value")
    return (
        f"where {items} are needed"
        if wanted.kind in ("tuple", "list")
        else f"where {_STRUCTURES[wanted.kind]} is needed"
    )


def _about_several(output: Structure, line: Expression, wanted: object, parts: list[str]) -> str:
    """Of a tuple, list or dictionary: too few values, or where one tensor is needed; empty where it is as needed."""
    if isinstance(wanted, Structure) and line.name == "output":
        if len(output.items) != len(wanted.items) and not output.cut and output.kind in ("tuple", "list"):
            return f"it returns {count(len(output.items), 'value')} {_several(wanted)}"
        return ""
    for part in parts:
        index = part.removeprefix("output[").partition("]")[0]
        if output.kind in ("tuple", "list") and index.lstrip("-").isdigit():
            number = int(index)
            if not -len(output.items) <= number < len(output.items) and not output.cut:
                return f"it returns {count(len(output.items), 'value')}, so there is no `{part}`"
    is_whole = line.name == "output" and not isinstance(wanted, Structure)
    return f"it returns {_STRUCTURES[output.kind]} {_ONE_TENSOR}" if is_whole else ""


def why_no_gradient(call: FunctionCall, line: Expression, wanted: str) -> str:
    """Why autograd gave no gradient, where ``wanted`` is asked for; empty where it gave one, or ``line`` is about
    something else.
    """
    path = next((one.path for one in derivatives_in(line) if call.of(one.path).gradient is None), None)
    if path is None or wanted == "None":
        return ""
    instead = f" instead of {wanted}" if wanted else ""
    own = [hand.name for hand in call.hands if hand.kind == "function"]
    if own and not [what for what, _ in call.cuts if what != _NO_GRAD]:
        # In the forward of a Function gradients are turned off; the graph goes through it all the same.
        its = "its gradient" if path == INPUT else f"the gradient of `{path}`"
        of = f"`{own[0]}`" if len(own) == 1 else "a `Function` of its own"
        cut_off = "" if path == INPUT else f", or `{path}` does not reach it"
        return f"{its} is None{instead}: the backward of {of} returns None for it, or nothing at all{cut_off}"
    if path == INPUT:
        return (
            f"its gradient is None{instead}: autograd finds no way from what it returns back to its input{_cuts(call)}"
        )
    return (
        f"the gradient of `{path}` is None{instead}: autograd finds no way from what it returns back to `{path}`"
        f"{_cuts(call)}"
    )


def _cuts(call: FunctionCall) -> str:
    """The calls that took a tensor out of the graph, as far as they were seen."""
    if not call.cuts:
        return ""
    seen = [f"`{what}` on line {line}" for what, line in call.cuts]
    listed = seen[0] if len(seen) == 1 else f"{', '.join(seen[:-1])} and {seen[-1]}"
    return f". {listed} {'leaves' if len(seen) == 1 else 'leave'} the graph"

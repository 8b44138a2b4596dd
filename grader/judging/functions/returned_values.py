"""Why a function's result cannot be what is asked for: a missing ``return``, a number, something without a graph."""

from __future__ import annotations

from grader.language.expression import Expression
from grader.model import Array, FunctionCall, Structure
from grader.runtime.protocol.record import INPUT

_KINDS = {"int": "a number", "float": "a number", "complex": "a number"}
_STRUCTURES = {
    "tuple": "several values at once (a tuple)",
    "list": "a list",
    "dict": "a dictionary",
    "module": "a module",
}
_GRADIENTS = ("gradient", "second", "weighed_gradient")


def why_no_tensor(call: FunctionCall, line: Expression) -> str:
    """What a function returned in the place of a tensor; empty where it returned one, or ``line`` can do without.

    ``line`` is the expression that does not come out as it should.
    """
    output = call.output
    reads_gradient = any(line.reads(name) for name in _GRADIENTS)
    if not (reads_gradient or line.reads("output")):
        return ""
    if output is None or (not isinstance(output, Array) and output.kind == "none"):
        if call.printed:
            return "it prints something and returns None: what is printed cannot be computed with, so `return` it"
        return "it returns None: is a `return` missing, on this way through the function?"
    if isinstance(output, Structure):
        return f"it returns {_STRUCTURES[output.kind]} where one tensor is needed"
    if not isinstance(output, Array):
        what = {"text": "a text", "bool": f"`{output.text}`"}.get(output.kind)
        what = what or _KINDS.get(output.text, f"an object of the type `{output.text}`")
        if output.text == "function":
            what = "a function: are the parentheses of a call missing?"
            return f"it returns {what}"
        return f"it returns {what} where one tensor is needed"
    if output.kind == "tensor" or not reads_gradient:
        return ""
    what = "an array of NumPy" if output.kind == "ndarray" else "a number"
    return f"it returns {what}, which autograd knows nothing about{_cuts(call)}"


def why_no_gradient(call: FunctionCall, line: Expression, wanted: str) -> str:
    """Why autograd gave no gradient, where ``wanted`` is asked for; empty where it gave one, or ``line`` is about
    something else.
    """
    if call.of(INPUT).gradient is not None or not any(line.reads(name) for name in _GRADIENTS):
        return ""
    instead = f" instead of {wanted}" if wanted else ""
    return f"its gradient is None{instead}: autograd finds no way from what it returns back to its input{_cuts(call)}"


def _cuts(call: FunctionCall) -> str:
    """The calls that took a tensor out of the graph, as far as they were seen."""
    if not call.cuts:
        return ""
    seen = [f"`{what}` on line {line}" for what, line in call.cuts]
    listed = seen[0] if len(seen) == 1 else f"{', '.join(seen[:-1])} and {seen[-1]}"
    return f". {listed} {'leaves' if len(seen) == 1 else 'leave'} the graph"

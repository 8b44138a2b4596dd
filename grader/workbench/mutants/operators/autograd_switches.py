"""What autograd is told: requires_grad, retain_graph, create_graph, the upstream gradient, cleared gradients."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.workbench.mutants.code import Change, Code, Operator

PASSES = ("backward", "grad", "vjp", "jvp", "hessian", "jacobian")


def _without_requires_grad(code: Code) -> Iterator[Change]:
    for call in code.calls():
        yield from (code.dropped_argument(call, each) for each in call.keywords if each.arg == "requires_grad")
    for call, tensor in code.methods("requires_grad_"):
        yield code.replaced(call, code.grouped(tensor))
    for node in code.walk(ast.Assign):
        assert isinstance(node, ast.Assign)
        if any(isinstance(target, ast.Attribute) and target.attr == "requires_grad" for target in node.targets):
            yield code.replaced(node, "pass")


def _without(*names: str) -> Operator:
    def changes(code: Code) -> Iterator[Change]:
        for call in code.calls():
            yield from (code.dropped_argument(call, each) for each in call.keywords if each.arg in names)

    shown = names[0].replace("_", "-")
    return Operator(name=f"drop-{shown}", about=f"{names[0]}= is left out", changes=changes)


def _without_upstream_gradient(code: Code) -> Iterator[Change]:
    for call in code.calls():
        yield from (code.dropped_argument(call, each) for each in call.keywords if each.arg in _UPSTREAM)
    for call, _ in code.methods("backward"):
        if call.args:
            yield code.dropped_argument(call, call.args[0])


_UPSTREAM = ("gradient", "grad_outputs", "grad_tensors")


def _result_as_upstream_gradient(code: Code) -> Iterator[Change]:
    """``d.backward(d.detach())``, which runs and is wrong by the factor d."""
    for call, output in code.methods("backward"):
        given = [*call.args[:1], *(each.value for each in call.keywords if each.arg in _UPSTREAM)]
        yield from (code.replaced(each, f"{code.grouped(output)}.detach()") for each in given)


def _without_create_graph(code: Code) -> Iterator[Change]:
    for call in code.calls():
        for each in call.keywords:
            if each.arg == "create_graph":
                yield code.replaced(each.value, "False")


def _not_cleared(code: Code) -> Iterator[Change]:
    for call, tensor in code.methods("zero_", "zero_grad"):
        yield code.replaced(call, code.grouped(tensor))
    for node in code.walk(ast.Assign):
        assert isinstance(node, ast.Assign)
        cleared = isinstance(node.value, ast.Constant) and node.value.value is None
        if cleared and any(isinstance(target, ast.Attribute) and target.attr == "grad" for target in node.targets):
            yield code.replaced(node, "pass")


def _cleared_wrongly(code: Code) -> Iterator[Change]:
    """The leaf is cleared, and not its gradient."""
    for call, tensor in code.methods("zero_"):
        if isinstance(tensor, ast.Attribute) and tensor.attr == "grad":
            yield code.replaced(call, f"{code.grouped(tensor.value)}.data.zero_()")


def _without_passes(code: Code) -> Iterator[Change]:
    for call, _ in code.methods("backward"):
        statement = code.statement_of(call)
        if isinstance(statement, ast.Expr) and statement.value is call:
            yield code.replaced(statement, "pass")


def _passes_twice(code: Code) -> Iterator[Change]:
    """The gradient is twice as large. Where the graph is gone after the first pass, it raises."""
    for call, _ in code.methods("backward"):
        statement = code.statement_of(call)
        if isinstance(statement, ast.Expr) and statement.value is call and not code.in_try(call):
            given = "retain_graph=True" if not (call.args or call.keywords) else ""
            first = code.written(call)
            if given:
                first = f"{first[:-1]}{given})"
            yield code.replaced(statement, f"{first}; {code.written(call)}")


OPERATORS = (
    Operator(name="drop-requires-grad", about="requires_grad is left out", changes=_without_requires_grad),
    _without("retain_graph"),
    _without("create_graph"),
    Operator(name="false-create-graph", about="create_graph=False", changes=_without_create_graph),
    Operator(
        name="drop-upstream-gradient", about="the weights of a pass are left out", changes=_without_upstream_gradient
    ),
    Operator(
        name="result-as-upstream-gradient",
        about="the result itself is given as the weights of a pass",
        changes=_result_as_upstream_gradient,
    ),
    Operator(name="drop-clearing", about="a gradient is not cleared", changes=_not_cleared),
    Operator(name="clear-leaf", about="the leaf is cleared, not its gradient", changes=_cleared_wrongly),
    Operator(name="drop-backward", about="a whole backward is left out", changes=_without_passes),
    Operator(name="repeat-backward", about="a backward runs twice", changes=_passes_twice),
)

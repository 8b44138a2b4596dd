"""Numbers that did not come out of autograd: typed in, by a formula from paper, by differences."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.workbench.mutants.code import Change, Code, Operator


def _typed_value(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.Assign):
        assert isinstance(node, ast.Assign)
        target = node.targets[0]
        if isinstance(target, ast.Name) and code.inside(node, ast.FunctionDef, ast.Lambda) is None:
            value = code.recorded.values.get(node.lineno, {}).get(target.id)
            if value is not None and not isinstance(node.value, ast.Constant):
                yield code.replaced(node.value, value)


def _typed_gradient(code: Code) -> Iterator[Change]:
    for node in _passes(code):
        found = code.recorded.gradients.get(node.lineno, {})
        if found:
            yield code.replaced(node, "; ".join(f"{leaf}.grad = {value}" for leaf, value in found.items()))


def _formula(code: Code) -> Iterator[Change]:
    for node in _passes(code):
        found = code.recorded.formulas.get(node.lineno, {})
        if found:
            yield code.replaced(node, "; ".join(f"{leaf}.grad = ({value}).detach()" for leaf, value in found.items()))


def _gradient_by_differences(code: Code) -> Iterator[Change]:
    """``torch.autograd.grad(f(x), x)`` by the slope between two neighbours."""
    for call, _ in code.functions("grad"):
        if len(call.args) < 2:
            continue
        output, leaf = call.args[:2]
        if isinstance(output, ast.Call) and isinstance(leaf, ast.Name):
            function = code.written(output.func)
            yield code.replaced(call, f"(({function}({leaf.id} + 1e-3) - {function}({leaf.id} - 1e-3)) / 2e-3,)")


def _cosine_for_gradient(code: Code) -> Iterator[Change]:
    """What is drawn, returned or assigned is a cosine, and no gradient."""
    for node in _gradients(code):
        yield code.replaced(node, f"torch.cos({code.written(node.value)}.detach())")


def _differences_for_gradient(code: Code) -> Iterator[Change]:
    """What is drawn, returned or assigned are differences between neighbouring points of a sine."""
    for node in _gradients(code):
        leaf = code.written(node.value)
        yield code.replaced(node, f"torch.gradient(torch.sin({leaf}.detach()), spacing=({leaf}.detach(),))[0]")


def _gradients(code: Code) -> Iterator[ast.Attribute]:
    """Where ``x.grad`` is read, and not for one of its methods; only where there is a sine, whose slope is a cosine."""
    if "sin(" not in code.text:
        return
    for node in code.walk(ast.Attribute):
        assert isinstance(node, ast.Attribute)
        read = node.attr == "grad" and isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name)
        if read and code.written(node.value) not in code.modules and not isinstance(code.parent(node), ast.Attribute):
            yield node


def _passes(code: Code) -> Iterator[ast.Expr]:
    for call, _ in code.methods("backward"):
        statement = code.statement_of(call)
        if isinstance(statement, ast.Expr) and statement.value is call and not code.in_try(call):
            yield statement


OPERATORS = (
    Operator(name="typed-gradient", about="the gradient is typed in", changes=_typed_gradient),
    Operator(name="formula", about="the gradient is computed by a formula from paper", changes=_formula),
    Operator(name="typed-value", about="a value is typed in", changes=_typed_value),
    Operator(name="differences", about="differences in the place of autograd", changes=_gradient_by_differences),
    Operator(name="cosine-for-gradient", about="a cosine in the place of a gradient", changes=_cosine_for_gradient),
    Operator(
        name="differences-for-gradient",
        about="differences between points in the place of a gradient",
        changes=_differences_for_gradient,
    ),
)

"""What functions return: their input, a constant, something outside of the graph."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.workbench.mutants.code import Change, Code, Operator


def _returns(code: Code) -> Iterator[tuple[ast.Return, ast.expr]]:
    for node in code.walk(ast.Return):
        assert isinstance(node, ast.Return)
        if node.value is not None:
            yield node, node.value


def _input(code: Code) -> Iterator[Change]:
    for node, value in _returns(code):
        function = code.inside(node, ast.FunctionDef)
        arguments = [each.arg for each in function.args.args] if isinstance(function, ast.FunctionDef) else []
        given = next((each for each in arguments if each not in ("self", "cls", "ctx")), None)
        if given is not None and code.written(value) != given:
            yield code.replaced(value, given)


def _constant(code: Code) -> Iterator[Change]:
    for _, value in _returns(code):
        yield code.replaced(value, "torch.tensor(1.0)")


def _nothing(code: Code) -> Iterator[Change]:
    for node, _ in _returns(code):
        yield code.replaced(node, "pass")


def _with(how: str, name: str) -> Operator:
    def changes(code: Code) -> Iterator[Change]:
        for _, value in _returns(code):
            yield code.replaced(value, f"{code.grouped(value)}{how}")

    return Operator(name=f"return-{name}", about=f"what is returned gets {how}", changes=changes)


def _leaf(code: Code) -> Iterator[Change]:
    """What is returned is a new tensor of the right numbers that requires grad."""
    for _, value in _returns(code):
        yield code.replaced(value, f"{code.grouped(value)}.detach().requires_grad_()")


def _numpy(code: Code) -> Iterator[Change]:
    for _, value in _returns(code):
        yield code.replaced(value, f"torch.tensor({code.grouped(value)}.detach().numpy())")


OPERATORS = (
    Operator(name="return-input", about="the input is returned", changes=_input),
    Operator(name="return-constant", about="a constant is returned", changes=_constant),
    Operator(name="drop-return", about="nothing is returned", changes=_nothing),
    _with(".detach()", "detach"),
    _with(".item()", "item"),
    _with(".sum()", "sum"),
    Operator(name="return-leaf", about="a new leaf of the right numbers is returned", changes=_leaf),
    Operator(name="return-numpy", about="the numbers take a round trip through numpy", changes=_numpy),
)

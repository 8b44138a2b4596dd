"""Training: steps, the learning rate, the modes of modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.workbench.mutants.code import Change, Code, Operator


def _without_step(code: Code) -> Iterator[Change]:
    for call, _ in code.methods("step"):
        statement = code.statement_of(call)
        if isinstance(statement, ast.Expr) and statement.value is call:
            yield code.replaced(statement, "pass")


def _rate(code: Code) -> Iterator[Change]:
    for call in code.calls():
        for each in call.keywords:
            if each.arg in ("lr", "momentum", "weight_decay"):
                yield code.replaced(each.value, f"10 * {code.grouped(each.value)}")
    for node in code.walk(ast.Assign):
        assert isinstance(node, ast.Assign)
        target = node.targets[0]
        if isinstance(target, ast.Name) and target.id in ("lr", "learning_rate", "alpha", "eta"):
            yield code.replaced(node.value, f"10 * {code.grouped(node.value)}")


def _without_mode(code: Code) -> Iterator[Change]:
    for call, module in code.methods("train", "eval"):
        yield code.replaced(call, code.grouped(module))


def _other_mode(code: Code) -> Iterator[Change]:
    for call, module in code.methods("train", "eval"):
        function = call.func
        assert isinstance(function, ast.Attribute)
        other = "eval" if function.attr == "train" else "train"
        yield code.replaced(call, f"{code.grouped(module)}.{other}()")


def _ascends(code: Code) -> Iterator[Change]:
    """``w += lr * w.grad``: up the hill."""
    for node in code.walk(ast.AugAssign):
        assert isinstance(node, ast.AugAssign)
        if isinstance(node.op, ast.Sub) and "grad" in code.written(node.value):
            yield from filter(None, (code.between(node.target, node.value, "-=", "+="),))


OPERATORS = (
    Operator(name="drop-step", about="the optimiser takes no step", changes=_without_step),
    Operator(name="other-rate", about="another learning rate", changes=_rate),
    Operator(name="drop-mode", about="train() or eval() is left out", changes=_without_mode),
    Operator(name="other-mode", about="train() for eval() and back", changes=_other_mode),
    Operator(name="ascend", about="a step goes up in the place of down", changes=_ascends),
)

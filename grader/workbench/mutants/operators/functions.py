"""Calls of functions: another function, its arguments swapped, one left out, a method left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from grader.workbench.mutants.code import Change, Code, Operator
from grader.workbench.mutants.data_makers import MAKERS, called_name

OTHERS: Mapping[str, tuple[str, ...]] = {
    "sin": ("cos",),
    "cos": ("sin",),
    "exp": ("log",),
    "log": ("exp",),
    "sqrt": ("square",),
    "square": ("sqrt",),
    "tanh": ("sigmoid",),
    "sigmoid": ("tanh",),
    "relu": ("sigmoid",),
    "softmax": ("sigmoid",),
    "log_softmax": ("softmax",),
    "dot": ("mul",),
    "matmul": ("mul",),
    "mm": ("mul",),
    "abs": ("square",),
    "stack": ("cat",),
    "cat": ("stack",),
    "jvp": ("vjp",),
    "jacrev": ("grad",),
    "append": ("extend",),
}
UNARY = ("abs", "sqrt", "exp", "log", "sin", "cos", "tanh", "relu", "square", "sigmoid", "t", "reshape", "flatten")
KEPT = MAKERS | frozenset(("grad", "backward", "print", "range", "isinstance", "len", "plot", "scatter", "super"))
"""Functions whose arguments other operators swap, or whose arguments cannot be swapped for another mistake."""


def _other_function(code: Code) -> Iterator[Change]:
    for call in code.calls():
        function = call.func
        name = function.attr if isinstance(function, ast.Attribute) else ""
        for other in OTHERS.get(name, ()):
            end = code.end(function)
            yield Change(start=end - len(name), end=end, text=other)


def _without_method(code: Code) -> Iterator[Change]:
    for call, tensor in code.methods(*UNARY):
        yield code.replaced(call, code.grouped(tensor))
    for call, _ in code.functions(*UNARY):
        if len(call.args) == 1:
            yield code.replaced(call, code.grouped(call.args[0]))


def _swapped_arguments(code: Code) -> Iterator[Change]:
    for call in code.calls():
        name = called_name(call)
        if name in KEPT or len(call.args) < 2 or any(isinstance(each, ast.Starred) for each in call.args):
            continue
        first, second = call.args[:2]
        if code.written(first) != code.written(second):
            between = code.text[code.end(first) : code.start(second)]
            yield Change(
                start=code.start(first),
                end=code.end(second),
                text=f"{code.written(second)}{between}{code.written(first)}",
            )


def _first_argument_for_second(code: Code) -> Iterator[Change]:
    """``dot(x, x)`` for ``dot(x, y)``."""
    for call in code.calls():
        name = called_name(call)
        names = [each for each in call.args if isinstance(each, ast.Name)]
        if name not in KEPT and len(names) >= 2 and names[0].id != names[1].id:
            yield code.replaced(names[1], names[0].id)


OPERATORS = (
    Operator(name="other-function", about="another function", changes=_other_function),
    Operator(name="drop-function", about="a function is left out", changes=_without_method),
    Operator(name="swap-arguments", about="two arguments are swapped", changes=_swapped_arguments),
    Operator(name="repeat-argument", about="one argument in the place of another", changes=_first_argument_for_second),
)

"""Numbers in the code: twice as large, one more, one less, of the other sign."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from grader.workbench.mutants.code import Change, Code, Operator
from grader.workbench.mutants.data_makers import called_name, in_data

Number = int | float
SWITCHES = ("requires_grad", "retain_graph", "create_graph", "keepdim")
"""Arguments that other operators leave out, which is the same as False."""
WRITTEN_DATA = ("tensor", "arange", "linspace", "full", "eye")
"""Functions whose numbers are data; of the others they are shapes."""


def _numbers(code: Code, change: Callable[[Number], Number]) -> Iterator[Change]:
    for node in code.walk(ast.Constant):
        assert isinstance(node, ast.Constant)
        if isinstance(node.value, bool) or not isinstance(node.value, int | float) or in_data(code, node):
            continue
        other = change(node.value)
        text = repr(other)
        if isinstance(node.value, int) and isinstance(other, float) and other.is_integer():
            text = repr(int(other))
        yield code.replaced(node, f"({text})" if other < 0 else text)


def _other_data(code: Code) -> Iterator[Change]:
    """The first number of what a tensor is made of."""
    seen: set[ast.AST] = set()
    for node in code.walk(ast.Constant):
        assert isinstance(node, ast.Constant)
        call = code.inside(node, ast.Call)
        if call is None or call in seen or not isinstance(node.value, int | float) or isinstance(node.value, bool):
            continue
        assert isinstance(call, ast.Call)
        if called_name(call) in WRITTEN_DATA and not isinstance(code.parent(node), ast.keyword):
            seen.add(call)
            yield code.replaced(node, repr(node.value + 1))


def _fewer_data(code: Code) -> Iterator[Change]:
    """A tenth of the points, or a single one: too few to tell right from wrong."""
    for call, name in code.functions("linspace", "arange"):
        last = call.args[2] if name == "linspace" and len(call.args) > 2 else call.args[0] if call.args else None
        if isinstance(last, ast.Constant) and isinstance(last.value, int | float):
            fewer = type(last.value)(last.value // 10 or 1)
            yield code.replaced(last, repr(fewer))


def _other_truth(code: Code) -> Iterator[Change]:
    for node in code.walk(ast.Constant):
        assert isinstance(node, ast.Constant)
        keyword = code.parent(node)
        switch = isinstance(keyword, ast.keyword) and keyword.arg in SWITCHES
        if isinstance(node.value, bool) and not switch:
            yield code.replaced(node, repr(not node.value))


def _other_dtype(code: Code) -> Iterator[Change]:
    for call in code.calls():
        yield from (code.dropped_argument(call, each) for each in call.keywords if each.arg == "dtype")


OPERATORS = (
    Operator(name="double-constant", about="a number twice as large", changes=lambda code: _numbers(code, _double)),
    Operator(name="constant-plus-one", about="a number one larger", changes=lambda code: _numbers(code, _plus)),
    Operator(name="constant-minus-one", about="a number one smaller", changes=lambda code: _numbers(code, _minus)),
    Operator(name="negate-constant", about="a number of the other sign", changes=lambda code: _numbers(code, _negate)),
    Operator(name="other-data", about="another number in the data", changes=_other_data),
    Operator(name="fewer-data", about="a tenth of the data", changes=_fewer_data),
    Operator(name="other-truth", about="False for True and back", changes=_other_truth),
    Operator(name="drop-dtype", about="dtype is left out", changes=_other_dtype),
)


def _double(value: Number) -> Number:
    return 2 * value


def _plus(value: Number) -> Number:
    return value + 1


def _minus(value: Number) -> Number:
    return value - 1


def _negate(value: Number) -> Number:
    return -value

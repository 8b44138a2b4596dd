"""Small additions to a submission's code by which its functions make themselves known: when they are defined, in what
they return and, where asked, in what they are called with.

The functions stay the student's own: same object, same source, same lines.
"""

from __future__ import annotations

import ast
from typing import Any


class Definitions(ast.NodeTransformer):
    """Adds a decorator to every function and a call around every lambda: nested ones and methods are found as well,
    whenever their ``def`` is run. What is added has its place in the source.

    ``calls``: a function that can be called with one argument also says with what it was called. That costs time at
    every call, and is only asked for where a check wants to know.
    """

    DEFINED = "__grader_defined__"
    """Given each function, before the student's own decorators see it."""
    DECORATED = "__grader_decorated__"
    """Given what those decorators made of it."""
    RETURNED = "__grader_returned__"
    """Given what a function returns, so that a graph can tell which functions it runs through."""
    CALLED = "__grader_called__"
    """Given the argument, inside the function."""

    def __init__(self, *, calls: bool) -> None:
        self._calls = calls

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if node.decorator_list:
            # The first decorator's line is where the function's source begins.
            node.decorator_list.insert(0, ast.copy_location(_name(self.DECORATED), node.decorator_list[0]))
        node.decorator_list.append(ast.copy_location(_name(self.DEFINED), node))
        parameter = only_parameter(node.args) if self._calls else None
        if parameter is not None:
            first = int(ast.get_docstring(node, clean=False) is not None)
            call = ast.Expr(ast.Call(_name(self.CALLED), [_name(parameter)], []))
            node.body.insert(first, _copy_place(call, node.body[min(first, len(node.body) - 1)]))
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if node.value is not None:
            node.value = _copy_place(ast.Call(_name(self.RETURNED), [node.value], []), node.value)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        self.generic_visit(node)
        node.body = _copy_place(ast.Call(_name(self.RETURNED), [node.body], []), node.body)
        parameter = only_parameter(node.args) if self._calls else None
        if parameter is not None:
            call = ast.Call(_name(self.CALLED), [_name(parameter)], [])
            both = ast.Tuple([call, node.body], ast.Load())
            node.body = _copy_place(ast.Subscript(both, ast.Constant(1), ast.Load()), node.body)
        return _copy_place(ast.Call(_name(self.DEFINED), [node], []), node)


def only_parameter(arguments: ast.arguments) -> str | None:
    """The one parameter, ``self`` aside, that a call has to or can give; None where there is not exactly one."""
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    optional = len(arguments.defaults)
    taken = positional[1:] if positional[:1] == ["self"] else positional
    if not taken or len(taken) - optional > 1 or any(default is None for default in arguments.kw_defaults):
        return None
    return taken[0]


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _copy_place(new: Any, old: ast.AST) -> Any:
    """``new``, at the place of ``old`` with all its parts that have none: no line is run that was not there before."""
    for part in ast.walk(new):
        if "lineno" in part._attributes and not hasattr(part, "lineno"):
            ast.copy_location(part, old)
    return new

"""Adds calls to a submission's code that report its functions to the recorder: at their definition, when they return,
and, where a probe asks for it, when they are called.

To the student's code, the functions do not change: they keep their identity, source and line numbers.
"""

from __future__ import annotations

import ast
from typing import Any

MAX_NOTED = 8
"""Of functions with more parameters, calls are not noted."""


class Definitions(ast.NodeTransformer):
    """Adds a decorator to every function and a call around every lambda, including methods and nested functions.

    Every added node gets the source location of an existing node. ``calls``: functions also report the arguments
    that they are called with. That takes time at every call, so it is done only where a check needs it.
    """

    DEFINED = "__grader_defined__"
    """Called with each function, before the student's own decorators are."""
    DECORATED = "__grader_decorated__"
    """Called with what those decorators returned."""
    RETURNED = "__grader_returned__"
    """Called with what a function returns, which tells which functions computed a graph."""
    CALLED = "__grader_called__"
    """Called with the argument, or the arguments, inside the function."""

    def __init__(self, *, calls: bool) -> None:
        self._calls = calls

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        if node.decorator_list:
            # A function's source begins at the line of its first decorator.
            node.decorator_list.insert(0, ast.copy_location(_name(self.DECORATED), node.decorator_list[0]))
        node.decorator_list.append(ast.copy_location(_name(self.DEFINED), node))
        noted = noted_arguments(node.args) if self._calls else []
        if noted:
            first = int(ast.get_docstring(node, clean=False) is not None)
            call = ast.Expr(ast.Call(_name(self.CALLED), noted, []))
            node.body.insert(first, _copy_location(call, node.body[min(first, len(node.body) - 1)]))
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        self.generic_visit(node)
        if node.value is not None:
            node.value = _copy_location(ast.Call(_name(self.RETURNED), [node.value], []), node.value)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        self.generic_visit(node)
        node.body = _copy_location(ast.Call(_name(self.RETURNED), [node.body], []), node.body)
        noted = noted_arguments(node.args) if self._calls else []
        if noted:
            call = ast.Call(_name(self.CALLED), noted, [])
            both = ast.Tuple([call, node.body], ast.Load())
            node.body = _copy_location(ast.Subscript(both, ast.Constant(1), ast.Load()), node.body)
        return _copy_location(ast.Call(_name(self.DEFINED), [node], []), node)


def noted_arguments(arguments: ast.arguments) -> list[ast.expr]:
    """What a call with one argument sets, apart from ``self``, ``cls``, ``ctx``: a parameter, or all of ``*args``. Of a
    function that cannot be called so: all its parameters, of which a ``partial`` may give all but one.
    """
    positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    taken = positional[1:] if positional[:1] in (["self"], ["cls"], ["ctx"]) else positional
    if len(taken) - len(arguments.defaults) > 1 or any(default is None for default in arguments.kw_defaults):
        names = [*taken, *(argument.arg for argument in arguments.kwonlyargs)]
        return list(map(_name, names)) if 1 < len(names) <= MAX_NOTED else []
    if taken:
        return [_name(taken[0])]
    return [] if arguments.vararg is None else [ast.Starred(_name(arguments.vararg.arg), ast.Load())]


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _copy_location(new: Any, old: ast.AST) -> Any:
    """Give all nodes of ``new`` without a location that of ``old``, so that no new line numbers appear."""
    for part in ast.walk(new):
        if "lineno" in part._attributes and not hasattr(part, "lineno"):
            ast.copy_location(part, old)
    return new

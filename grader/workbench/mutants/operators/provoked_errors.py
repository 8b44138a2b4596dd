"""Errors that an exercise asks for: made harmless, typed by hand, or not provoked at all."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.workbench.mutants.code import Change, Code, Operator

HARMLESS = (".sum()", ".detach()", ".float()")


def _made_harmless(code: Code) -> Iterator[Change]:
    for _, tensor in _provoking(code):
        yield from (code.replaced(tensor, f"{code.grouped(tensor)}{how}") for how in HARMLESS)


def _typed(code: Code) -> Iterator[Change]:
    for call, _ in _provoking(code):
        statement = code.statement_of(call)
        if isinstance(statement, ast.Expr) and statement.value is call:
            yield code.replaced(statement, 'raise RuntimeError("it does not work")')


def _printed(code: Code) -> Iterator[Change]:
    for call, _ in _provoking(code):
        statement = code.statement_of(call)
        if isinstance(statement, ast.Expr) and statement.value is call:
            yield code.replaced(statement, 'print("RuntimeError: it does not work")')


def _kept_before(code: Code) -> Iterator[Change]:
    """The graph is kept by the pass before, so that the error never comes."""
    provoked = {id(call) for call, _ in _provoking(code)}
    for call, _ in code.methods("backward"):
        if id(call) not in provoked and not call.args and not call.keywords:
            yield code.replaced(call, f"{code.written(call)[:-1]}retain_graph=True)")


def _provoking(code: Code) -> Iterator[tuple[ast.Call, ast.expr]]:
    """The calls of methods whose errors are caught."""
    for call in code.calls():
        function = call.func
        if isinstance(function, ast.Attribute) and code.in_try(call) and not isinstance(function.value, ast.Call):
            yield call, function.value


OPERATORS = (
    Operator(name="harmless", about="what is to raise an error does not raise it", changes=_made_harmless),
    Operator(name="typed-error", about="the error is raised by hand", changes=_typed),
    Operator(name="printed-error", about="the error is only printed", changes=_printed),
    Operator(name="add-retain-graph", about="retain_graph=True is added", changes=_kept_before),
)

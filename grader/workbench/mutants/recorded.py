"""What was recorded of a reference solution, as a learner could read it off the screen and type it in."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.course.exercise import Exercise
from grader.judging.checks.base import Check
from grader.judging.observed import Observed
from grader.language.expression import Expression
from grader.language.values import Undefined, numbers
from grader.model import Array, Backward, ChangedNames, Submission
from grader.workbench.mutants.code import Recorded

MAX_ELEMENTS = 24
"""Nobody types in more numbers."""


def recorded_by_cell(observed: Observed, submission: Submission, exercise: Exercise) -> Mapping[int, Recorded]:
    """What was recorded in each cell, counted from 0."""
    wanted = tuple(_wanted_gradients(exercise.checks))
    values: dict[int, dict[int, dict[str, str]]] = {}
    gradients: dict[int, dict[int, dict[str, str]]] = {}
    formulas: dict[int, dict[int, dict[str, str]]] = {}
    for event in observed.events:
        cell = getattr(getattr(event, "place", None), "cell", -1)
        if not 0 <= cell < len(submission.cells):
            continue
        line = event.place.line - submission.cells[cell].first_line + 1  # type: ignore[union-attr]
        if isinstance(event, ChangedNames) and not event.frame:
            for name, value in event.changed.items():
                if (text := as_literal(value)) is not None:
                    values.setdefault(cell, {}).setdefault(line, {})[name] = text
        elif isinstance(event, Backward) and event.error is None:
            for leaf in event.leaves:
                called = next((each for each in leaf.names if each.isidentifier()), None)
                if called is None:
                    continue
                if (text := as_literal(leaf.grad_after)) is not None:
                    gradients.setdefault(cell, {}).setdefault(line, {})[called] = text
                formula = next(_formulas_for(wanted, leaf.value, leaf.gradient, called), None)
                if formula is not None:
                    formulas.setdefault(cell, {}).setdefault(line, {})[called] = formula
    return {
        cell: Recorded(values=values.get(cell, {}), gradients=gradients.get(cell, {}), formulas=formulas.get(cell, {}))
        for cell in range(len(submission.cells))
    }


def as_literal(value: object) -> str | None:
    """A recorded tensor or array as Python code; None where nobody would type it in."""
    if not isinstance(value, Array) or value.data is None or value.data.size > MAX_ELEMENTS:
        return None
    if value.kind == "list" or not np.isfinite(value.data).all():
        return None
    text = repr(np.asarray(value.data, dtype=float).round(4).tolist())
    return text if value.kind == "number" else f"torch.tensor({text})" if value.kind == "tensor" else None


def _wanted_gradients(checks: Iterable[Check]) -> Iterator[Expression]:
    """The expressions of what passes must give, without those that compare with the reference."""
    for check in checks:
        for way in check.ways():
            for observed, wanted in way.expect:
                if way.kind == "backward" and observed.text == "gradient" and wanted.names <= {"leaf"}:
                    yield wanted


def _formulas_for(wanted: Iterable[Expression], leaf: Array, gradient: Array | None, name: str) -> Iterator[str]:
    """The formulas that give what was recorded, in Python."""
    for expression in wanted:
        given = numbers(expression.evaluate({"leaf": leaf}))
        seen = numbers(gradient)
        if isinstance(given, Undefined) or isinstance(seen, Undefined):
            continue
        if np.broadcast_shapes(given[0].shape, seen[0].shape) == seen[0].shape and np.allclose(given[0], seen[0]):
            formula = _in_torch(expression, name)
            if formula is not None:
                yield formula


class _ToTorch(ast.NodeTransformer):
    def __init__(self, leaf: str) -> None:
        self._leaf = leaf

    def visit_Name(self, node: ast.Name) -> Any:
        return ast.Name(id=self._leaf) if node.id == "leaf" else node

    def visit_Call(self, node: ast.Call) -> Any:
        node = ast.Call(func=node.func, args=[self.visit(each) for each in node.args], keywords=[])
        name = getattr(node.func, "id", "")
        if name == "size":
            return ast.Call(func=ast.Attribute(value=node.args[0], attr="numel"), args=[], keywords=[])
        return ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=name), args=node.args, keywords=[])


def _in_torch(expression: Expression, leaf: str) -> str | None:
    """A formula of the exercise as Python code. A formula without the leaf gives no tensor, so ones are its shape."""
    text = ast.unparse(_ToTorch(leaf).visit(ast.parse(expression.text, mode="eval")))
    return text if "leaf" in expression.names and "size(leaf)" not in expression.text else f"{text} + 0 * {leaf}"

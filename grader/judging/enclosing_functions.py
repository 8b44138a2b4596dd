"""In which function of a submission a line stands."""

from __future__ import annotations

import ast

from grader.judging.observed import Observed
from grader.model import RunPlace, Submission
from grader.submission.python_parser import parse


def function_around(submission: Submission, place: RunPlace, observed: Observed) -> str:
    """The name of the innermost function whose code has this line; empty at the top level. A lambda is none."""
    if not 0 <= place.cell < len(submission.cells):
        return ""
    cell = submission.cells[place.cell]
    line = place.line - cell.first_line + 1
    functions = observed.once(("functions", place.cell), lambda: _functions(cell.code))
    return max((one for one in functions if one[0] <= line <= one[1]), default=(0, 0, ""))[2]


def _functions(code: str) -> tuple[tuple[int, int, str], ...]:
    """The first line, the last line and the name of every function."""
    tree = parse(code)
    return tuple(
        (node.lineno, node.end_lineno or node.lineno, node.name)
        for node in (() if tree is None else ast.walk(tree))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )

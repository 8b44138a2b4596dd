"""Signals, besides verdicts, that decide whether an exercise was attempted: its name, and what its section contains."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from grader.judging.sections import Section
from grader.judging.written_answers import is_answered_in_words
from grader.model import AttemptSignals, Backward, Cell, Figure, Observation, RunPlace, Submission, TorchError, Verdict
from grader.submission.fingerprints import Handout
from grader.submission.python_parser import parse


def find_attempt_signals(
    section: Section,
    submission: Submission,
    observation: Observation,
    verdicts: Sequence[Verdict],
    *,
    handout: Handout,
    claimed: frozenset[int] = frozenset(),
) -> AttemptSignals:
    """The signals for one exercise. ``claimed`` are the positions of cells in sections of other exercises."""
    unclaimed = tuple(verdict.place is None or verdict.place.cell not in claimed for verdict in verdicts)
    if not section.named:
        return AttemptSignals(unclaimed=unclaimed, live=(False,) * len(verdicts))

    def is_live(place: RunPlace | None) -> bool:
        return place is not None and place in section and not section.is_unchanged_handout(place)

    places = [event.place for event in observation.events if isinstance(event, Backward | TorchError | Figure)]
    if section.asked:
        places += [
            RunPlace(cell=n, line=1, statement=0) for n, cell in enumerate(submission.cells) if _does_something(cell)
        ]
    return AttemptSignals(
        named=True,
        acted=any(map(is_live, places)),
        worded=is_answered_in_words(submission, section, handout),
        unclaimed=unclaimed,
        live=tuple(verdict.found and is_live(verdict.place) for verdict in verdicts),
    )


def _does_something(cell: Cell) -> bool:
    """Whether a cell does more than import, define functions, and state or print constants."""
    tree = parse(cell.code)
    if tree is None:
        return bool(cell.code.strip())
    idle = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Pass)
    return any(not isinstance(node, idle) and not _only_states_constants(node) for node in tree.body)


def _only_states_constants(node: ast.stmt) -> bool:
    """Whether a statement is a docstring, another constant, or a print of constants."""
    if not isinstance(node, ast.Expr):
        return False
    value = node.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print":
        return all(isinstance(argument, ast.Constant) for argument in value.args)
    return isinstance(value, ast.Constant)

"""Whether an exercise was attempted at all: in code, in words only, or not. A wrong attempt is not the same as none."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from enum import Enum, auto

from grader.exercise import Exercise
from grader.handout import Handout
from grader.model import Backward, Cell, Figure, Judgement, Observation, Place, Submission, TorchError, Traces, Verdict
from grader.prose import is_answered_in_words
from grader.rubric import Rubric
from grader.scope import Scope
from grader.score import statuses
from grader.submission.python import parse


class Attempt(Enum):
    """How an exercise was answered."""

    CODE = auto()
    WORDS = auto()
    NONE = auto()


def find_traces(
    scope: Scope,
    submission: Submission,
    observation: Observation,
    verdicts: Sequence[Verdict],
    *,
    handout: Handout,
    claimed: frozenset[int] = frozenset(),
) -> Traces:
    """What there is of an attempt. ``claimed`` are the cells, by position, that headings give to other exercises."""
    unclaimed = tuple(verdict.place is None or verdict.place.cell not in claimed for verdict in verdicts)
    if not scope.named:
        return Traces(unclaimed=unclaimed, live=(False,) * len(verdicts))

    def is_live(place: Place | None) -> bool:
        return place is not None and place in scope and not scope.is_given(place)

    places = [event.place for event in observation.events if isinstance(event, Backward | TorchError | Figure)]
    if scope.asked:
        places += [
            Place(cell=n, line=1, statement=0) for n, cell in enumerate(submission.cells) if _does_something(cell)
        ]
    return Traces(
        named=True,
        acted=any(map(is_live, places)),
        worded=is_answered_in_words(submission, scope, handout),
        unclaimed=unclaimed,
        live=tuple(verdict.found and is_live(verdict.place) for verdict in verdicts),
    )


def find_attempt(exercise: Exercise, rubric: Rubric, judgement: Judgement, *, explicit: bool = False) -> Attempt:
    """A check's evidence proves an attempt wherever it stands. Exercises resemble each other, though: in cells that
    headings give to other ones, where nothing names this one, only a complete answer does.

    Otherwise something has to name the exercise (a heading, a tag, the file's name, or the caller), and code to have
    done something there, or words to have been written. An exercise in words that is asked for by name (``explicit``)
    is attempted wherever one of its answers is right.
    """
    verdicts, traces = judgement.verdicts, judgement.traces
    marked = statuses(rubric, verdicts)
    # What is skipped, because what it needs is wrong, proves nothing by itself; and words are no code.
    code = [n for n, check in enumerate(exercise.checks) if check.kind != "answer" and marked[n] != "skipped"]
    evidence = [n for n in code if verdicts[n].evidence]
    complete = all(verdict.status in ("passed", "manual") for verdict in verdicts)
    if evidence and (traces.named or complete or any(traces.unclaimed[n] for n in evidence)):
        return Attempt.CODE
    said = any(verdict.evidence for verdict in verdicts)
    if not traces.named:
        only_words = all(check.kind == "answer" for check in exercise.checks)
        said = said or (explicit and any(verdict.status == "passed" for verdict in verdicts))
        return Attempt.WORDS if only_words and said else Attempt.NONE
    if traces.acted or any(traces.live[n] for n in code):
        return Attempt.CODE
    return Attempt.WORDS if traces.worded or said else Attempt.NONE


def _does_something(cell: Cell) -> bool:
    """Whether a cell computes anything: more than imports, definitions, constants and things that are printed."""
    tree = parse(cell.code)
    if tree is None:
        return bool(cell.code.strip())
    idle = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Pass)
    return any(not isinstance(node, idle) and not _only_says(node) for node in tree.body)


def _only_says(node: ast.stmt) -> bool:
    """A docstring, a bare constant, or a print of constants."""
    if not isinstance(node, ast.Expr):
        return False
    value = node.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "print":
        return all(isinstance(argument, ast.Constant) for argument in value.args)
    return isinstance(value, ast.Constant)

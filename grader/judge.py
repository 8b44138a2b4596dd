"""Observations to verdicts: a pure function. Nothing here runs, draws or remembers anything."""

from __future__ import annotations

from collections.abc import Callable

from grader.checks.context import Context, Subject
from grader.checks.function import FunctionCheck
from grader.exercise import Exercise
from grader.model import Cell, Observation, Place, Verdict
from grader.provenance import find_sources, used_autograd


def judge(
    exercise: Exercise,
    observation: Observation,
    *,
    reference: Observation | None,
    seed: int,
    second: Observation | None = None,
    cells: tuple[Cell, ...] = (),
    in_scope: Callable[[Place], bool] = lambda place: True,
    from_handout: Callable[[Place], bool] = lambda place: False,
) -> tuple[Verdict, ...]:
    """Judge every check of an exercise. Verdicts come in the order of its checks, which build on each other.

    ``second`` is the run with autograd's results scaled (see ``provenance``), ``cells`` are those of the submission,
    ``seed`` is what its hidden inputs were drawn from; ``in_scope`` tells whether a place lies under a heading, tag or
    title that names the exercise, ``from_handout`` whether its cell is one that students were given.
    """
    sources = None if second is None else find_sources(observation, second)
    subject = Subject(observation=observation, cells=cells)
    expected = None if reference is None else Subject(observation=reference)
    findings: dict[str, int] = {}
    functions: dict[str, frozenset[tuple[int, int]]] = {}
    verdicts = []
    for check in exercise.checks:
        context = Context(
            exercise=exercise.id,
            seed=seed,
            subject=subject,
            reference=expected,
            in_scope=in_scope,
            from_handout=from_handout,
            findings=dict(findings),
            functions=dict(functions),
            sources=sources,
        )
        verdict = check.judge(context)
        if verdict.position is not None:
            findings[check.id] = verdict.position
        if isinstance(check, FunctionCheck):
            functions[check.id] = frozenset({(verdict.place.cell, verdict.place.line)} if verdict.place else ())
        verdicts.append(verdict)
    return tuple(verdicts)


def wants_second_run(exercise: Exercise, observation: Observation, *, seed: int) -> bool:
    """Whether a verdict hangs on where plotted values came from. Where no pass worked, they are not autograd's."""
    context = Context(
        exercise=exercise.id,
        seed=seed,
        subject=Subject(observation=observation),
        reference=None,
        in_scope=lambda place: True,
        from_handout=lambda place: False,
        findings={},
        functions={},
        sources=None,
    )
    return used_autograd(observation) and any(check.wants_second_run(context) for check in exercise.checks)

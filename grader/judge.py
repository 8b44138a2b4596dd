"""Observations to verdicts: a pure function. Nothing here runs, draws or remembers anything."""

from __future__ import annotations

from grader.checks.context import Context, Sources, Subject
from grader.checks.function import FunctionCheck
from grader.exercise import Exercise
from grader.handout import Handout
from grader.model import Observation, Submission, Verdict
from grader.provenance import used_autograd
from grader.scope import Scope


def judge(
    exercise: Exercise,
    submission: Submission,
    observation: Observation,
    *,
    reference: Observation | None,
    seed: int,
    sources: Sources | None = None,
    handout: Handout | None = None,
    scope: Scope | None = None,
) -> tuple[Verdict, ...]:
    """Judge every check of an exercise. Verdicts come in the order of its checks, which build on each other.

    ``reference`` is the observation of the reference solution, ``sources`` says where plotted values came from (see
    ``provenance``). ``seed`` is what the hidden inputs were drawn from, ``handout`` what students were
    given, ``scope`` the parts of the submission that are about the exercise (left out: as its headings say).
    """
    subject = _subject(exercise, submission, observation, handout, scope)
    expected = None if reference is None else _subject(exercise, submission, reference, None)
    findings: dict[str, int] = {}
    functions: dict[str, frozenset[tuple[int, int]]] = {}
    verdicts = []
    for check in exercise.checks:
        context = Context(
            exercise=exercise.id,
            seed=seed,
            subject=subject,
            reference=expected,
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


def wants_second_run(
    exercise: Exercise,
    submission: Submission,
    observation: Observation,
    *,
    seed: int,
    scope: Scope | None = None,
) -> bool:
    """Whether a verdict hangs on where plotted values came from. Where no pass worked, they are not autograd's."""
    if not used_autograd(observation):
        return False
    context = Context(
        exercise=exercise.id,
        seed=seed,
        subject=_subject(exercise, submission, observation, None, scope),
        reference=None,
        findings={},
        functions={},
        sources=None,
    )
    return any(check.wants_second_run(context) for check in exercise.checks)


def _subject(
    exercise: Exercise,
    submission: Submission,
    observation: Observation,
    handout: Handout | None,
    scope: Scope | None = None,
) -> Subject:
    handout = handout or Handout()
    scope = scope or Scope(exercise, submission, handout)
    return Subject(observation=observation, submission=submission, scope=scope, handout=handout)

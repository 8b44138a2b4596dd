"""Observations to verdicts. Pure: nothing is run, and nothing of a submission is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace

import numpy as np

from grader.judging.checks.base import Check
from grader.judging.context import Context, Subject
from grader.judging.curves.curve_sources import used_autograd
from grader.judging.evidence.find_evidence import find_evidence
from grader.judging.join_probes import join_probes
from grader.judging.observed import Observed
from grader.judging.second_run_changes import SecondRunChanges
from grader.judging.tracing.notes import CheckNotes
from grader.model import CallProbe, Evidence, Probes, Verdict
from grader.text_bounds import CODE, MESSAGE, NAME, VALUE, bounded


class Judge:
    """Judges submissions by the checks of one exercise. Hidden inputs are drawn from ``seed`` here, once for all."""

    def __init__(self, exercise: str, checks: Sequence[Check], *, seed: int) -> None:
        """``exercise`` is the exercise's id."""
        self._exercise = exercise
        self._checks = tuple(checks)
        asked = iter(_sharing_calls([way.probes(exercise, seed) for check in checks for way in check.ways()]))
        self.way_probes = tuple(tuple(next(asked) for _ in check.ways()) for check in checks)
        """What each way of each check asks the recorder for."""
        self.probes = tuple(map(join_probes, self.way_probes))
        """What each check asks the recorder for."""

    def judge(
        self,
        subject: Subject,
        *,
        reference: Observed | None,
        changes: SecondRunChanges | None = None,
        notes: dict[str, CheckNotes] | None = None,
    ) -> tuple[Verdict, ...]:
        """The verdicts of all checks, in their order; a check may build on the verdicts above it.

        ``reference`` is the observation of the reference solution, ``changes`` the result of the second run. ``notes``
        is filled with what decided, by the ids of checks; the verdicts do not depend on it.
        """
        verdicts: dict[str, Verdict] = {}
        for number, check in enumerate(self._checks):
            context = self._context(number, subject, reference, verdicts.copy(), changes)
            if notes is not None:
                notes[check.id] = CheckNotes()
                context = replace(context, notes=notes[check.id])
            verdicts[check.id] = _bounded(_without_false_evidence(check.judge(context), check, subject))
        return tuple(verdicts.values())

    def find_evidence(self, verdicts: Sequence[Verdict], subject: Subject) -> Mapping[str, Evidence]:
        """What can be drawn of the verdicts that ``judge`` gave, by the ids of checks."""
        found = {
            check.id: find_evidence(check.ways()[verdict.way], verdict, subject.observed)
            for check, verdict in zip(self._checks, verdicts, strict=True)
        }
        return {check: evidence for check, evidence in found.items() if evidence is not None}

    def wants_changes(self, subject: Subject, *, besides: SecondRunChanges | None = None) -> frozenset[str]:
        """The ids of the checks whose verdicts depend on how curves or values change in a second run; none if no
        backward pass worked.

        ``besides``: changes that are known, so that only what else may change is looked at.
        """
        if not used_autograd(subject.observed.observation):
            return frozenset()
        return frozenset(
            check.id
            for number, check in enumerate(self._checks)
            if check.wants_changes(self._context(number, subject, None, {}, besides))
        )

    def _context(
        self,
        number: int,
        subject: Subject,
        reference: Observed | None,
        earlier: Mapping[str, Verdict],
        changes: SecondRunChanges | None,
    ) -> Context:
        """What the check with this number is given."""
        return Context(
            exercise=self._exercise,
            probes=self.probes[number],
            subject=subject,
            reference=reference,
            earlier=earlier,
            changes=changes,
            way_probes=self.way_probes[number],
        )


def _bounded(verdict: Verdict) -> Verdict:
    """The verdict with texts that a report can hold, whatever they quote of the submission."""
    return replace(
        verdict,
        message=bounded(verdict.message, MESSAGE),
        expected=None if verdict.expected is None else bounded(verdict.expected, VALUE),
        actual=None if verdict.actual is None else bounded(verdict.actual, VALUE),
        withheld_code=bounded(verdict.withheld_code, CODE),
        chosen={question: bounded(option, NAME) for question, option in verdict.chosen.items()},
    )


def _sharing_calls(parts: Sequence[Probes]) -> tuple[Probes, ...]:
    """Checks that call equal functions with equal inputs share their calls, which record what each of them asks for."""
    groups: dict[object, list[CallProbe]] = {}
    for part in parts:
        for call in part.calls:
            groups.setdefault(_what_is_called(call), []).append(call)
    joined = {key: _join(calls) for key, calls in groups.items()}
    return tuple(replace(part, calls=tuple(joined[_what_is_called(call)] for call in part.calls)) for part in parts)


def _what_is_called(call: CallProbe) -> object:
    return call.functions, call.own, *map(_key_of, (*call.inputs, *call.arguments))


def _key_of(given: object) -> object:
    """Equal for equal arguments: arrays by their bytes, plain values by their types too, since ``1 == True``."""
    if isinstance(given, np.ndarray):
        return given.dtype.str, given.shape, given.tobytes()
    if is_dataclass(given):
        return type(given).__name__, *(_key_of(getattr(given, part.name)) for part in fields(given))
    if isinstance(given, tuple):
        return tuple(map(_key_of, given))
    return type(given).__name__, repr(given)


def _join(calls: Sequence[CallProbe]) -> CallProbe:
    return replace(
        calls[0],
        id="|".join(sorted({call.id for call in calls})),
        second=any(call.second for call in calls),
        branches=any(call.branches for call in calls),
        numeric=tuple(dict.fromkeys(path for call in calls for path in call.numeric)),
        weighed=any(call.weighed for call in calls),
        varies=any(call.varies for call in calls),
        redraws=any(call.redraws for call in calls),
        torch_calls=any(call.torch_calls for call in calls),
    )


def _without_false_evidence(verdict: Verdict, check: Check, subject: Subject) -> Verdict:
    """The verdict, as evidence only if the exercise's author wants it so, and not for code that was handed out.

    Built-in kinds do this already; a plugin's kind may not.
    """
    given = verdict.place is not None and not subject.own_code.is_own_figure(verdict.place)
    return replace(verdict, evidence=False) if verdict.evidence and (check.evidence == "never" or given) else verdict

"""Kind ``raises``: torch itself raised a certain error. A ``raise`` or a printed message in the code does not count.
Neither does what a hook or another function of the student's raised when torch called it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from grader.judging.bounds import MAX_VARIABLE_SETS, typical
from grader.judging.candidates import Phrases, decide, passed_over
from grader.judging.checks.base import Check
from grader.judging.context import Context, Subject
from grader.judging.enclosing_functions import function_around
from grader.judging.error_families import FAMILIES, Family, family_from_torch
from grader.judging.locations import location_of
from grader.judging.observed import RaisingCall
from grader.judging.trials import Candidate
from grader.judging.variable_kinds import COUNT, WORD, VariableKind, Word
from grader.language.expression import Expression
from grader.model import Backward, TorchError, Verdict
from grader.suggestions import did_you_mean_or_all

_NOT_TORCHS = "code of the submission raised it, not torch, or it is in no known family"


class RaisesCheck(Check):
    """Looks at every torch call that raised, also where the student's ``try`` swallowed the exception."""

    kind: Literal["raises"]
    error: str = Field(
        description=f"The family of the error: {', '.join(FAMILIES)}.", json_schema_extra={"enum": list(FAMILIES)}
    )

    PARTS: ClassVar[frozenset[str] | None] = frozenset()
    VALUES: ClassVar[Mapping[str, VariableKind]] = {
        "raised": Word(known=frozenset({*FAMILIES, ""})),
        "call": WORD,
        "raised_by": WORD,
        "repeats": COUNT,
        "functions": COUNT,
    }
    IGNORES: ClassVar[Mapping[str, str]] = {
        "names": "its expressions know no names of the student's",
        "through": "a call that raised may have no graph",
    }

    @field_validator("error")
    @classmethod
    def _known_family(cls, error: str) -> str:
        if error not in FAMILIES:
            raise ValueError(f"unknown error family `{error}`{did_you_mean_or_all(error, FAMILIES)}")
        return error

    VARIABLES: ClassVar[Mapping[str, str]] = {
        "call": 'the function or method of torch that raised, by its name there: `"backward"`, `"grad"`, `"numpy"`, '
        '`"__array__"` for `np.array(x)`, `"item"`, `"tensor"`, `"requires_grad_"`, `"__set__"` for `x.requires_grad = '
        'True`, `"add_"` also for `x += 1`, `"__setitem__"` for `x[0] = 1`',
        "raised_by": 'the name of the student\'s function in which it was raised, as a text; `""` at the top level',
        "raised": "the family of the error, as a text",
        "tensor": "what the call was about; of a backward, what it started from",
        "root": "what a backward started from; None of other calls",
        "output": "what a backward started from, before a last `sum`, `mean` or index; None of other calls",
        "repeats": "how many passes from this very `output` had worked before",
        "functions": "how many functions of the student's the graph goes through",
    }

    def judge(self, context: Context) -> Verdict:
        family = FAMILIES[self.error]
        errors: list[RaisingCall] = []
        others: deque[RaisingCall] = deque(maxlen=MAX_VARIABLE_SETS)
        feigned: list[RaisingCall] = []
        for position, event in context.subject.observed.raising_calls:
            if event.error is None:
                continue
            if not family.matches(event.error):
                others.append((position, event))
            elif event.error.origin == "torch":
                errors.append((position, event))
            elif context.subject.own_code.is_own(event.place):
                feigned.append((position, event))
        found = typical(errors, lambda call: call[1].place)
        if context.notes is not None:
            self._note_others(context, others, feigned)
        stale = {
            name: None
            for event in context.subject.observed.events
            if isinstance(event, Backward) and event.error is not None and family_from_torch(event.error) == self.error
            for name in event.stale_names
        }
        raised = f'torch\'s error "{family.words}"'
        nothing = (
            f"No call of yours raised {raised}" if not found else f"No call that raised {raised} is as asked for here"
        )
        phrases = Phrases(
            thing="such error",
            things="such errors",
            nothing=f"{nothing}.{passed_over(stale)}",
            says_why=bool(found),
            passed=lambda candidate: f'{candidate.noun} raised "{family.words}".',
            broken=_broken,
        )
        verdict = decide(
            self,
            context,
            [_candidate(call, context.subject) for call in found],
            phrases,
            [_candidate(call, context.subject) for call in others],
        )
        return (
            verdict if verdict.found or not feigned else _of_feigned(verdict, feigned[-1][1], family, context.subject)
        )

    def _note_others(self, context: Context, others: Iterable[RaisingCall], feigned: Iterable[RaisingCall]) -> None:
        """Note the errors that do not count."""
        assert context.notes is not None
        for call in others:
            candidate = _candidate(call, context.subject)
            family = candidate.variables["raised"]
            context.notes.leave_out([candidate], f"it is no `{self.error}`, but `{family}`" if family else _NOT_TORCHS)
        context.notes.leave_out((_candidate(call, context.subject) for call in feigned), _NOT_TORCHS)


def _of_feigned(verdict: Verdict, event: Backward | TorchError, family: Family, subject: Subject) -> Verdict:
    """The verdict where only the student's own code raised an error in torch's words."""
    assert event.error is not None
    place = event.error.raised_at or event.place
    where = location_of(place, subject.submission)
    at = "" if where is None or event.error.raised_at is None else f" ({where.in_words()})"
    message = (
        f'`{event.call}` ended with "{family.words}", but your own code{at} raised that when torch called it. It '
        "counts only where torch itself raises it."
    )
    return replace(verdict, message=message, place=place)


def _candidate(call: RaisingCall, subject: Subject) -> Candidate:
    position, event = call
    observed = subject.observed
    passed = event if isinstance(event, Backward) else None
    variables = {
        "call": event.call,
        "raised_by": function_around(subject.submission, event.place, observed),
        "raised": "" if event.error is None else family_from_torch(event.error),
        "tensor": event.tensor if isinstance(event, TorchError) else event.root,
        "root": None if passed is None else passed.root,
        "output": None if passed is None else passed.output,
        "functions": 0 if passed is None else len(passed.functions),
        "repeats": 0 if passed is None else observed.passes_from(passed.output, before=position),
    }
    return Candidate(position=position, place=event.place, variables=variables, noun=f"`{event.call}`")


def _broken(candidate: Candidate, line: Expression) -> str:
    return f"The error was raised, but `{line.text}` does not hold where it was."

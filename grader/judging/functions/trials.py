"""Tries a check on the calls of functions: which are right for which inputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from grader.judging.checks.base import Check
from grader.judging.comparison import Comparison
from grader.judging.functions.asked_calls import AskedCalls
from grader.judging.functions.call_variables import Variables, VariablesByInput, variables_of, without_gradients
from grader.judging.functions.called_functions import CalledFunction
from grader.judging.functions.derivatives import NAMES as DERIVATIVES
from grader.judging.functions.function_gradients import (
    compared_with_formulas,
    compared_with_reference,
    compared_with_slopes,
)
from grader.judging.functions.function_results import FunctionResult
from grader.judging.tracing.call_notes import NO_SLOPE, REFUSED, UNSTEADY, note_call
from grader.judging.tracing.notes import CandidateNotes, CheckNotes
from grader.judging.trials import Candidate, Trial, examine, fits
from grader.model import FunctionCall, Opaque, Structure

_LIST = re.compile(r"(?:^|[=(,\[+*/-])\s*\[")
"""Begins a list in an expression, not an index: several values, or an array."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """``reference`` has the variables of the reference solution's function; empty while that is judged itself."""

    check: Check
    asked: AskedCalls
    reference: VariablesByInput
    notes: CheckNotes | None = None

    def results(self, functions: Iterable[CalledFunction]) -> Iterator[FunctionResult]:
        """The results of all functions with a call that fits ``given``."""
        for called in functions:
            result = self._result(called)
            if result.trials or result.undecided or result.unsteady:
                yield result

    def variables(self, called: CalledFunction, call: FunctionCall) -> Mapping[str, object]:
        return self._variables(called, self._seen(call))

    def _result(self, called: CalledFunction) -> FunctionResult:
        trials: list[tuple[FunctionCall, Trial]] = []
        refused: list[tuple[FunctionCall, Trial]] = []
        undecided: list[FunctionCall] = []
        unsteady: list[FunctionCall] = []
        for recorded in called.calls:
            call = self._seen(recorded)
            variables = self._variables(called, call)
            candidate = Candidate(position=called.position, place=call.place, variables=variables)
            notes = None if self.notes is None else note_call(self.notes, called, call, variables)
            # By how many ways it goes is not known then, so `given` may ask for them in vain.
            if not call.steady and (self.asked.counts_ways or fits(self.check, candidate)):
                unsteady.append(call)
                if notes is not None:
                    notes.decide("left_out", UNSTEADY)
                continue
            if not fits(self.check, candidate, notes):
                if notes is not None:
                    notes.decide("unmet")
                continue
            compared = compared_with_slopes(self.check, candidate, call)
            if compared is None:
                undecided.append(call)
                if notes is not None:
                    notes.decide("left_out", NO_SLOPE)
                continue
            theirs = self.reference.get(call.input)
            compared |= compared_with_reference(self.check, candidate, call, theirs)
            compared |= compared_with_formulas(self.check, candidate, call)
            trial = self._examined(candidate, call, theirs, compared, notes)
            (refused if called.refuses(call) else trials).append((call, trial))
            if notes is not None:
                notes.decide("passed" if trial.passed else "failed", REFUSED if called.refuses(call) else "")
        # A function that refuses all inputs is judged by them all the same.
        return FunctionResult(
            called=called,
            named=bool(set(called.names) & set(self.asked.functions)),
            lines=self.asked.lines,
            numeric=tuple(derivative.path for derivative in self.asked.numeric),
            trials=tuple(trials or refused),
            refused=tuple(call for call, _ in refused) if trials else (),
            undecided=tuple(undecided),
            unsteady=tuple(unsteady),
        )

    def _examined(
        self,
        candidate: Candidate,
        call: FunctionCall,
        theirs: Variables | None,
        compared: Mapping[str, Comparison],
        notes: CandidateNotes | None,
    ) -> Trial:
        trial = examine(self.check, candidate, theirs, compared, notes=notes)
        wants_none = any(wanted.text == "None" for _, wanted in self.check.expect)
        if call.error is not None and "error" not in self.asked.read and (wants_none or not self.asked.counts_ways):
            # A call that raised has no gradients and changed nothing, so `w.gradient: None` and `not w.changed` would
            # hold. By which way it went is known all the same.
            return replace(trial, met=min(trial.met, trial.lines - 1))
        return trial

    def _variables(self, called: CalledFunction, call: FunctionCall) -> Variables:
        variables = variables_of(called, call, self.asked.read, self.asked.texts)
        if isinstance(call.output, Structure) and not self._may_return_several(call):
            # Else a tuple of one number would be equal to this number.
            variables["output"] = Opaque(kind="other", text=call.output.kind)
        return variables

    def _seen(self, call: FunctionCall) -> FunctionCall:
        """The call without what nobody asks for: gradients of several values where one tensor has to be returned, and
        an error of a backward pass where no line reads a gradient.
        """
        if not self._may_return_several(call):
            call = without_gradients(call)
        if call.error is not None and call.output is not None and self.asked.read.isdisjoint(("error", *DERIVATIVES)):
            return replace(call, error=None)
        return call

    def _may_return_several(self, call: FunctionCall) -> bool:
        if any(path.startswith("output[") for line in self.asked.lines for path in line.paths):
            return True
        if any("output" in line.names for line in self.asked.lines) and any(
            _LIST.search(line.text) for line in self.asked.lines
        ):
            return True
        # Submissions see the reference only where a line wants it, so the reference is judged in the same way.
        theirs = self.reference.get(call.input) if self.check.wants_reference() else None
        return theirs is not None and isinstance(theirs.get("output"), Structure)

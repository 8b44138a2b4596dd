"""The result of one of the student's functions over all inputs, in figures and in words."""

from __future__ import annotations

from dataclasses import dataclass

from grader.judging.comparison import predicate_of
from grader.judging.functions.call_words import changed_in_words, given_in_words, why_not_called
from grader.judging.functions.called_functions import CalledFunction, is_too_slow, takes_one_element_only
from grader.judging.functions.derivatives import derivative_of
from grader.judging.functions.ran_words import why_ran
from grader.judging.functions.returned_values import why_no_gradient, why_not_this_structure
from grader.judging.trials import Trial
from grader.judging.tried_calls import TriedCalls
from grader.language.expression import Expression
from grader.model import Array, FunctionCall, Opaque
from grader.runtime.protocol.record import INPUT
from grader.text import as_sentence, count


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionResult(TriedCalls[FunctionCall]):
    """A function of the student's with a trial for every input, in the order of the inputs.

    ``lines`` are the expressions of the check, and ``numeric`` the arguments whose gradients are compared with slopes.
    ``refused`` are calls with derived inputs that the function cannot take. At the inputs of ``undecided`` no slope
    could be measured, and at those of ``unsteady`` the function did something else when it was called again. None of
    these count for or against it.
    """

    called: CalledFunction
    named: bool
    lines: tuple[Expression, ...]
    numeric: tuple[str, ...]
    refused: tuple[FunctionCall, ...]
    undecided: tuple[FunctionCall, ...]
    unsteady: tuple[FunctionCall, ...]

    @property
    def missing(self) -> int:
        return self.called.missing

    @property
    def needs_person(self) -> bool:
        """Whether it is wrong at no input, but too many inputs decide nothing: most of them, or some at which another
        call of the function does something else.
        """
        if self.asked > self.met or self.is_constant:
            return False
        return bool(self.unsteady) or len(self.undecided) > len(self.trials)

    @property
    def is_constant(self) -> bool:
        """Whether all that is known is that autograd finds no way back, and that the result is flat."""
        flat = all(
            call.error is None and all(call.of(path).gradient is None for path in self.numeric)
            for call in self.undecided
        )
        return not self.asked and bool(self.undecided) and not self.unsteady and flat

    @property
    def passed(self) -> bool:
        return 0 < self.asked == self.met and not self.needs_person

    def course_mistake(self) -> str:
        """Why the function could not be tried, where a function of the course's ``support/`` failed; else empty."""
        errors = (call.error for call, _ in self.trials if call.error is not None and call.error.origin == "course")
        error = next(errors, None)
        return "" if error is None else as_sentence(f"`{self.called.name}` could not be tried: {error.text}")

    def message(self) -> str:
        """The function's result for the student, with details of the simplest input that failed."""
        name, asked, wrong = self.called.name, self.asked, self.asked - self.met
        if self.is_constant:
            return (
                f"`{name}` gives autograd nothing to differentiate: at none of {len(self.undecided)} inputs does its "
                f"result depend on {self._arguments_in_words()}."
            )
        if self.needs_person:
            return self._for_a_person()
        if not asked:
            return f"`{name}` could not be judged: there was no input that it could be tried with."
        if not wrong:
            paths = self.trials[0][1].candidate.variables.get("paths", 0)
            ways = f", by {paths} different ways through its code" if paths > 1 else ""
            return f"`{name}` is right on {_all(asked)}{ways}.{self._left_out()}"
        share = _all(asked) if wrong == asked else f"{wrong} of {asked} hidden inputs"
        if not self.failing:
            return f"`{name}` took too long on {share}."
        call, trial = self.failing[0]
        if call.error is None and trial.comparison is None and trial.broken and "paths" in trial.broken.names:
            return self._about_paths(trial, trial.broken)
        not_called = why_not_called(self.called, call)
        if not_called:
            return as_sentence(not_called)
        given = given_in_words(self.called, call, trial.candidate.variables)
        said = f"`{name}` is wrong on {share}. {given}, {_what_is_wrong(call, trial)}"
        failed = None if call.error is not None else trial.observed or trial.broken
        return f"{as_sentence(said)}{changed_in_words(call, self.lines, failed)}{self._left_out()}"

    def _arguments_in_words(self) -> str:
        named = [f"`{path}`" for path in self.numeric if path != INPUT]
        return " or ".join(named) if named else "the input"

    def _for_a_person(self) -> str:
        total = len(self.trials) + len(self.undecided) + len(self.unsteady)
        said = f"A person has to look at `{self.called.name}`: "
        if self.unsteady:
            return said + (
                f"at {len(self.unsteady)} of {total} inputs it does something else when it is called again with the "
                "same input and the same random numbers, as a function does that looks at a clock or goes on in a file."
            )
        return said + (
            f"at {len(self.undecided)} of {total} inputs its slope cannot be measured, since it has a kink or no value "
            "there, changes too little beside its rounding errors, or does not depend on the input."
        )

    def _about_paths(self, trial: Trial, line: Expression) -> str:
        paths = trial.candidate.variables["paths"]
        ways = "the same way" if paths == 1 else f"{paths} different ways"
        return (
            f"`{self.called.name}` went {ways} through its code for all {self.asked} inputs that it was tried with, so "
            f"`{line.text}` does not hold.{self._left_out()}"
        )

    def _left_out(self) -> str:
        """Sentences about inputs that were tried but do not count."""
        said = ""
        if self.undecided:
            said += f" At {len(self.undecided)} more, its slope cannot be measured (a kink, or no value)."
        if any(takes_one_element_only(call) for call in self.refused):
            said += " It takes a single number only, so only inputs of one element count."
        elif self.refused:
            said += f" It does not take {count(len(self.refused), 'other input')}, which makes no difference."
        return said


def _all(asked: int) -> str:
    return "the hidden input" if asked == 1 else f"all {asked} hidden inputs"


def _what_is_wrong(call: FunctionCall, trial: Trial) -> str:
    if is_too_slow(call):
        return "it takes too long: does its loop end?"
    if takes_one_element_only(call):
        return "it cannot answer: it takes a single number only, and this is more than one"
    if call.error is not None:
        return f"it raises {call.error.type}" + (f": {call.error.text}" if call.error.text else "")
    line = trial.broken if trial.observed is None else trial.observed
    assert line is not None  # every trial that did not pass has a line that failed
    compared = trial.comparison
    if line.name == "error" and compared is not None:
        return f"it raises no error, where {compared.expected} is asked for"
    # Without a gradient there are no weights either, so what a line with weights asks for is not known.
    wanted = "" if compared is None or compared.kind == "undefined" else compared.expected
    expected = None if compared is None else compared.values[1]
    # Where one item of several values is wrong, their number is right.
    reason = (
        ""
        if compared is not None and compared.item
        else why_not_this_structure(
            call, line, expected, wants_one=isinstance(trial.candidate.variables["output"], Opaque)
        )
    )
    reason = reason or why_no_gradient(call, line, wanted)
    if reason:
        return reason
    if trial.comparison is not None and trial.observed is not None:
        said = f"{_subject(trial.observed)} {predicate_of(trial.comparison, trial.observed)}"
        reads_items = any(path.startswith("output[") for path in line.paths)
        if reads_items and isinstance(call.output, Array) and trial.comparison.kind in ("shape", "undefined"):
            return f"it returns one tensor, and {said}: should it return several values?"
        return said
    return why_ran(call, line) or f"`{line.text}` does not hold"


def _subject(observed: Expression) -> str:
    """What was compared, as the subject of a sentence: "its output", "the gradient of `w`"."""
    derivative = derivative_of(observed)
    if derivative is None:
        return f"`{observed.text}`" if observed.name is None else f"its {observed.text}"
    names = {"gradient": "gradient", "second": "second derivative", "weighed_gradient": "weighed gradient"}
    return f"{'its' if derivative.path == INPUT else 'the'} {names[derivative.name]}" + (
        "" if derivative.path == INPUT else f" of `{derivative.path}`"
    )

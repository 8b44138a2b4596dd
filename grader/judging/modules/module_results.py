"""The result of one of the student's modules over all calls, in figures and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.judging.functions.ran_words import why_ran
from grader.judging.modules.called_modules import CalledModule
from grader.judging.modules.module_errors import what_it_raises
from grader.judging.modules.parameter_messages import ParameterFit, why_no_buffer, why_no_gradient
from grader.judging.trials import Trial
from grader.judging.tried_calls import TriedCalls
from grader.language.expression import Expression, Role
from grader.language.values import show
from grader.model import Array, ModuleCall, Opaque, Structure
from grader.text import as_sentence

_IN_WORDS = {
    "output": "its output",
    "gradients": "what autograd gives for its parameters",
    "buffers": "the dictionary of its buffers",
    "parameter_count": "the count of numbers in its parameters",
    "trainable_count": "the count of numbers in its parameters that require grad",
    "frozen": "the list of its frozen parameters",
    "training": "its `training`",
    "kept": "the share of elements that it keeps",
    "average": "its average output",
}
LONGEST_GIVEN = 60
"""Characters of arguments after which no more than two are shown."""
_OF_ALL_CALLS = frozenset({"parameter_count", "trainable_count", "frozen", "training"})
"""What does not depend on the inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleResult(TriedCalls[ModuleCall]):
    """A module of the student's with a trial for every call that counts, in the order of the inputs and modes.

    ``fit`` is how its parameters stand to those that are needed. ``modes`` is how many modes were asked for.
    """

    called: CalledModule
    named: bool
    fit: ParameterFit
    modes: int

    @property
    def missing(self) -> int:
        return self.called.missing

    @property
    def lacks_values(self) -> bool:
        """Whether the first call that failed did so because the module has no parameter or buffer for a needed one."""
        if not self.failing:
            return False
        call, trial = self.failing[0]
        line = trial.broken if trial.observed is None else trial.observed
        if line is None or call.error is not None or line.names <= _OF_ALL_CALLS:
            return False
        return self.fit.is_short(call, line) or bool(why_no_buffer(call, line, _buffers_in(trial)))

    def message(self) -> str:
        """The module's result for the student, with details of the first call that failed."""
        name, asked, wrong = self.called.name, self.asked, self.asked - self.met
        if not wrong:
            calls = "its one call with a hidden input" if asked == 1 else f"all {asked} calls with hidden inputs"
            return f"`{name}` is right in {calls}."
        if not self.failing:
            return f"`{name}` took too long: {wrong} of {asked} calls with hidden inputs were never made."
        call, trial = self.failing[0]
        raised = what_it_raises(call, self.called)
        if raised:
            return as_sentence(f"`{name}` {raised}")
        line = trial.broken if trial.observed is None else trial.observed
        assert line is not None  # every trial that did not pass has a line that failed
        said = "" if _why_no_tensor(call, line) else self.fit.message(call, line)
        if said:
            return as_sentence(f"`{name}` {said}")
        if line.names <= _OF_ALL_CALLS:
            return as_sentence(f"`{name}` is not what is asked for: {self._what_is_wrong(call, trial, line)}")
        share = "every call" if wrong == asked else f"{wrong} of {asked} calls"
        where = f" with hidden inputs{self._mode(call)}"
        found = self._what_is_wrong(call, trial, line)
        said = as_sentence(f"`{name}` is wrong in {share}{where}. {self._given(call, trial)}{found}")
        return f"{said}{self.fit.note(call, line)}"

    def _mode(self, call: ModuleCall) -> str:
        wrong = {one.mode for one, _ in self.failing}
        return f", in {call.mode} mode" if self.modes > 1 and len(wrong) == 1 else ""

    def _given(self, call: ModuleCall, trial: Trial) -> str:
        """What it was made and called with, as far as a reader can take it in."""
        given = self.called.inputs[call.input]
        names = [name for method in given.calls for name in names_of(method.arguments)]
        shown: list[str] = []
        for name in names:
            if len(shown) >= 2 and sum(map(len, shown)) > LONGEST_GIVEN:
                break
            shown.append(f"{name} = {show(_value(trial.candidate.variables.get(name)), digits=4)}")
        made = [
            f"{name}={show(_value(trial.candidate.variables.get(name)), digits=4)}"
            for name in names_of(given.made_with)[:4]
        ]
        parts = [f"made with {', '.join(made)}"] if made else []
        parts += (
            [f"given {', '.join(filter(None, (', '.join(shown[:-2]), ' and '.join(shown[-2:]))))}"] if shown else []
        )
        said = " and ".join(parts)
        return f"{said[:1].upper()}{said[1:]}, " if said else ""

    def _what_is_wrong(self, call: ModuleCall, trial: Trial, line: Expression) -> str:
        reason = (
            _why_no_tensor(call, line)
            or why_no_gradient(call, line)
            or why_no_buffer(call, line, _buffers_in(trial))
            or _why_unchanged(call, line)
            or _why_varies(call, line)
            or why_ran(call, line)
            or self._alike_in_modes(call, line)
        )
        if reason:
            return reason
        if trial.comparison is not None and trial.observed is not None:
            what = _IN_WORDS.get(line.text, f"`{line.text}`")
            return f"{what} {trial.comparison.message}"
        return f"`{line.text}` does not hold"

    def _alike_in_modes(self, call: ModuleCall, line: Expression) -> str:
        """A sentence where a module does in eval mode, wrongly, what it does in train mode."""
        if call.mode != "eval" or not (line.reads("output") or line.reads("outputs")):
            return ""
        other = next((one for one in self.called.calls if one.input == call.input and one.mode == "train"), None)
        if other is None or other.error is not None or not _is_equal(other.outputs, call.outputs):
            return ""
        if any(one is call for one, _ in self.failing) and not any(one is other for one, _ in self.failing):
            return (
                "its output in eval mode is the same as in train mode, where it has to differ: does it ask "
                "`self.training`?"
            )
        return ""


def _buffers_in(trial: Trial) -> Structure | None:
    """The buffers by the names of the reference's."""
    buffers = trial.candidate.variables.get("buffers")
    return buffers if isinstance(buffers, Structure) else None


def _why_unchanged(call: ModuleCall, line: Expression) -> str:
    """A clause where an argument should be another one after the call, and was not changed at all."""
    path, attribute = line.part or ("", "")
    if attribute != "after" or any(one.path == path and not one.keeps_value for one in call.changed):
        return ""
    if path.startswith("parameters["):
        asked = next((one for one in call.parameters if path == f'parameters["{one.fills or one.name}"]'), None)
        if asked is None or asked.after is not None:
            return ""
    return (
        f"`{path}` has its old values after the call: nothing changed it in place. A name that is bound to a new "
        "tensor, as by `p = p - …`, leaves the old tensor as it is"
    )


def _why_varies(call: ModuleCall, line: Expression) -> str:
    """A clause where chance should have a part in the output, and has none, or the other way round; else empty."""
    if call.varies is None or not line.reads("varies"):
        return ""
    mode = f"its output in {call.mode} mode"
    if call.varies:
        return f"{mode} is another one under other random numbers: chance may have no part in it"
    return f"{mode} is the same under other random numbers: chance has to have a part in it"


def names_of(arguments: object) -> list[str]:
    return [name for name, _ in (*arguments.by_position, *arguments.by_name)]  # type: ignore[attr-defined]


def _value(value: object) -> object:
    return value.value if isinstance(value, Role) else value


def _is_equal(one: Sequence[object], other: Sequence[object]) -> bool:
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(
        isinstance(a, Array)
        and isinstance(b, Array)
        and a.data is not None
        and b.data is not None
        and a.shape == b.shape
        and a.data.tobytes() == b.data.tobytes()
        for a, b in pairs
    )


def _why_no_tensor(call: ModuleCall, line: Expression) -> str:
    """What a module returned in the place of a tensor; empty where it returned one, or the line can do without."""
    if not call.outputs or not any(line.reads(name) for name in ("output", "gradients")):
        return ""
    output = call.outputs[-1]
    if isinstance(output, Opaque) and output.kind == "none":
        method = call.method or "forward"
        if call.printed:
            return f"its `{method}` prints something and returns None: `return` what it should give"
        return f"it returns None: is a `return` missing in its `{method}`?"
    return ""

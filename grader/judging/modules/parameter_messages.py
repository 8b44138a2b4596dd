"""How the parameters of a student's module stand to those that the exercise needs, in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.judging.comparison import compare
from grader.language.expression import Expression
from grader.language.values import items_by_key, show
from grader.model import Array, ModuleCall, ParameterResult, Structure, Unregistered, Value
from grader.text import count

MAX_NAMED = 6
_TIMES = {2: "twice", 3: "three times"}
_READ_OF_PARAMETERS = ("output", "outputs", "gradients", "parameters", "buffers")
_GRADIENTS = ("gradient", "weighed_gradient")
_HOLDS = {
    "modules": "is a plain list, tuple or dictionary of modules, in which their parameters are not registered: put "
    "them into an `nn.ModuleList`, `nn.ModuleDict` or `nn.Sequential`",
    "parameters": "is a plain list, tuple or dictionary of parameters, which are not registered there: put them into "
    "an `nn.ParameterList` or `nn.ParameterDict`",
    "constant": "is a plain tensor, which the module knows neither as a parameter nor as a buffer: make it an "
    "`nn.Parameter`, or register it with `register_buffer`",
    "tensor": "is a plain tensor that requires grad, which is not registered: make it an `nn.Parameter`",
}

_NO_BUFFER = "is a plain tensor, which the module does not know as a buffer: register it with `register_buffer`"
_BUFFER = re.compile(r"""buffers\[["']([^"']+)["']\]""")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterFit:
    """The parameters that are needed, as the reference's module has them, by the number of the input; empty: none are
    set.
    """

    by_input: Mapping[int, Sequence[ParameterResult]]

    def message(self, call: ModuleCall, line: Expression) -> str:
        """A predicate, whose subject is the module, where a line fails because its parameters are others than those
        that are needed; else empty.
        """
        needed = self.by_input.get(call.input, ())
        reads_count = line.reads("parameter_count") or line.reads("trainable_count")
        if reads_count and _loose(call):
            return f"{_counted(call)}. {_unregistered(call)}"
        if not needed or not any(line.reads(name) for name in (*_READ_OF_PARAMETERS, *_GRADIENTS)):
            return ""
        filled = {one.fills for one in call.parameters}
        missing = [one for one in needed if one.name not in filled]
        spare = [one for one in call.parameters if not one.fills]
        if missing or (spare and _loose(call)):
            return _mismatch(call, needed, missing, spare)
        wrong = _holds_others(call, needed)
        if wrong:
            return (
                f"cannot be given parameters from outside: `{wrong}` holds other values than were set when the module "
                "is called"
            )
        if spare and line.reads("gradients"):
            return _mismatch(call, needed, missing, spare)
        return ""

    def is_short(self, call: ModuleCall, line: Expression) -> bool:
        """Whether a line reads what depends on parameters that are needed, and the module has none for some of them."""
        filled = {one.fills for one in call.parameters}
        missing = any(one.name not in filled for one in self.by_input.get(call.input, ()))
        return missing and any(line.reads(name) for name in (*_READ_OF_PARAMETERS, *_GRADIENTS))

    def shortfall(self, call: ModuleCall) -> str:
        """A clause on the parameters that are missing, for a module that is no candidate without them; else empty."""
        needed = self.by_input.get(call.input, ())
        filled = {one.fills for one in call.parameters}
        missing = [one for one in needed if one.name not in filled]
        if missing:
            return f"it {_mismatch(call, needed, missing, [one for one in call.parameters if not one.fills])}"
        return f"it {_counted(call)}. {_unregistered(call)}" if _loose(call) else ""

    def note(self, call: ModuleCall, line: Expression) -> str:
        """A sentence about parameters that are not needed, where a line fails that they may decide; else empty."""
        needed = self.by_input.get(call.input, ())
        spare = [one for one in call.parameters if not one.fills]
        if not needed or not spare or not any(line.reads(name) for name in (*_READ_OF_PARAMETERS, *_GRADIENTS)):
            return ""
        return f" It {_mismatch(call, needed, (), spare)}."


def _mismatch(
    call: ModuleCall,
    needed: Sequence[ParameterResult],
    missing: Sequence[ParameterResult],
    spare: Sequence[ParameterResult],
) -> str:
    has = "has no parameters"
    if call.parameters:
        has = f"has {count(len(call.parameters), 'parameter')} ({_listed(call.parameters)})"
    said = f"{has}, and {len(needed)} {_is(len(needed))} needed"
    if missing:
        said += f": nothing fits {_shapes(missing)}"
    elif spare:
        alike = [one for one in call.parameters if any(one.shape == other.shape for other in spare)]
        if all(not one.fills or one.fills == one.name for one in alike):
            said += f": {_listed(spare)} {_is(len(spare))} not"
        else:  # which of them is meant for what, nobody can tell
            said += f": of {_listed(alike)}, {len(spare)} {_is(len(spare))} not"
    return f"{said}. {_unregistered(call)}".removesuffix(". ")


def _counted(call: ModuleCall) -> str:
    return f"has {call.parameter_count:,} numbers in its registered parameters"


def _holds_others(call: ModuleCall, needed: Sequence[ParameterResult]) -> str:
    """The name of a parameter that holds other values than were set; empty if there is none."""
    values = {one.name: one.value for one in needed}
    for one in call.parameters:
        wanted = values.get(one.fills)
        if wanted is None or one.value is None or wanted.data is None or one.value.data is None:
            continue
        if not compare(one.value, wanted).equal:
            return one.name
    return ""


def why_no_buffer(call: ModuleCall, line: Expression, buffers: Structure | None) -> str:
    """A clause where a line asks for a buffer that the module does not have; else empty.

    ``buffers`` are the module's, by the names of the reference's. These names are the reference's own, so they are not
    told.
    """
    asked = _BUFFER.findall(line.text) if buffers is not None else []
    if buffers is None or all(name in buffers.keys for name in asked):
        return ""
    constants = [one for one in call.unregistered if one.holds == "constant"]
    if constants:
        return "a buffer is missing. " + " ".join(f"`{one.name}` {_NO_BUFFER}." for one in constants[:2])
    shown = ", ".join(f"`{name}`{_of_shape(value)}" for name, value in items_by_key(buffers).items())
    return f"a buffer is missing: it has {shown or 'none'}, and nothing fits one that is needed"


def _of_shape(value: Value) -> str:
    return f" of shape {show(value.shape)}" if isinstance(value, Array) else ""


def why_no_gradient(call: ModuleCall, line: Expression) -> str:
    """A clause where a parameter has no gradient because it is frozen; else empty."""
    asked = [one for one in call.parameters if f'["{one.fills or one.name}"]' in line.text]
    frozen = [one for one in asked if not one.requires_grad]
    if not frozen or not any(line.reads(name) for name in _GRADIENTS):
        return ""
    return f"`{frozen[0].name}` gets no gradient, since it does not require grad: it is frozen"


def _loose(call: ModuleCall) -> list[Unregistered]:
    """Attributes that should be registered for sure: a constant need not be."""
    return [one for one in call.unregistered if one.holds != "constant"]


def _unregistered(call: ModuleCall) -> str:
    """Sentences about attributes that the module does not know as parameters."""
    return " ".join(f"`{one.name}` {_HOLDS[one.holds]}." for one in call.unregistered[:2])


def _listed(parameters: Sequence[ParameterResult]) -> str:
    shown = [f"{one.name} {_shape(one)}" for one in parameters[:MAX_NAMED]]
    return ", ".join((*shown, *(("…",) if len(parameters) > MAX_NAMED else ())))


def _shapes(parameters: Sequence[ParameterResult]) -> str:
    """The shapes of parameters of the reference. Their names are the reference's own, so they are not told."""
    shapes = Counter(map(_shape, parameters))
    shown = [
        shape if number == 1 else f"{shape} {_TIMES.get(number, f'{number} times')}" for shape, number in shapes.items()
    ]
    if len(shown) > MAX_NAMED:
        shown = [*shown[:MAX_NAMED], "…"]
    return f"the shape{'s' if len(shown) > 1 else ''} {', '.join(shown)}"


def _shape(parameter: ParameterResult) -> str:
    return show(parameter.shape)


def _is(number: int) -> str:
    return "is" if number == 1 else "are"

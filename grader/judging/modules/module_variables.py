"""What expressions can ask of a module's call: its arguments, output, parameters, gradients, buffers and statistics."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.judging.error_families import name_of
from grader.judging.foreign_hands import goes_through_own_function
from grader.judging.functions.argument_roles import UNKNOWN_GRADIENTS, CallRecord, roles_of
from grader.language.expression import Role
from grader.model import Array, ModuleCall, ModuleInput, Opaque, ParameterResult, Structure, Value

VARIABLES: Mapping[str, str] = {
    "output": "what the call returned, or the last of `methods`; not known where it raised",
    "outputs": "what each of `methods` returned, in order: `outputs[0]`",
    "parameters": 'the parameters by the names that the reference\'s module gives them: `parameters["fc.weight"]`, and '
    '`parameters["fc.weight"].gradient`',
    "gradients": "the gradients of the output's sum for all parameters, by their names",
    "buffers": 'the buffers after the call, by their names: `buffers["running_mean"]`; of an object of another class '
    "its tensors that are no parameters; not known where it raised",
    "parameter_count": "how many numbers all its parameters have",
    "trainable_count": "how many numbers the parameters have that require grad",
    "frozen": 'the names of the parameters that do not require grad, as a list of texts: `frozen == ["0.weight"]`',
    "training": "whether it was in train mode when it was called",
    "custom_function": "whether the graph of the output goes through an `autograd.Function` of the submission's own",
    "kept": "of `repeat` calls with other random numbers, the share of elements that are not zero",
    "average": "of `repeat` calls with other random numbers, the mean of each element of the output",
    "torch_calls": "the names of torch's functions and methods that the call called, as kind `uses` names them, in "
    'alphabetical order: see `ran("layer_norm")`',
    "varies": "whether the output is another one under another seed, for the same arguments and state",
    "error": "the family of the error that ended the call, as a text, else its type, or one above it that a line "
    "names; None where it returned",
}
STATISTICS = frozenset({"kept", "average"})

_NOTHING = Opaque(kind="none")
_WORD = re.compile(r"[a-z]{3,}")


def variables_of(
    call: ModuleCall,
    given: ModuleInput,
    order: Sequence[str] = (),
    *,
    texts: frozenset[str] = frozenset(),
    weighed: bool = False,
) -> dict[str, object]:
    """The variables of a call. ``order`` are the names of the reference's parameters in their order. ``weighed``: the
    gradients are those of the weighed output. ``texts``: those in the lines of the check.
    """
    record = CallRecord.of(call.arguments, call.changed, raised=call.error is not None)
    variables: dict[str, object] = roles_of(given.made_with, record)
    for method in given.calls:
        variables |= roles_of(method.arguments, record)
    if weighed:
        variables = {name: _weighed(value) for name, value in variables.items()}
    found = {name_in(one): one for one in call.parameters}
    known = [name for name in order if name in found]
    names = [*known, *(name for name in found if name not in known)]
    gradients = {name: found[name].weighed if weighed else found[name].gradient for name in names}
    values: list[Value] = [found[name].value or _NOTHING for name in names]
    variables |= {
        "outputs": Structure(kind="list", items=call.outputs),
        "parameters": Role(
            value=Structure(kind="dict", keys=tuple(names), items=tuple(values)),
            items={
                name: Role(
                    value=found[name].value,
                    gradient=gradients[name],
                    parts={
                        "requires_grad": found[name].requires_grad,
                        "weighed_gradient": found[name].weighed,
                        "after": found[name].after or found[name].value,
                        "changed": found[name].after is not None,
                        **(UNKNOWN_GRADIENTS if record.raised else {}),
                    },
                )
                for name in names
            },
        ),
        "gradients": Structure(
            kind="dict", keys=tuple(names), items=tuple(gradients[name] or _NOTHING for name in names)
        ),
        "parameter_count": call.parameter_count,
        "trainable_count": call.trainable_count,
        "frozen": tuple(name for name in names if not found[name].requires_grad),
        "custom_function": goes_through_own_function(call.hands),
        "error": None if call.error is None else name_of(call.error, texts),
    }
    if call.outputs and (call.error is None or len(call.outputs) == len(given.calls)):
        variables["output"] = call.outputs[-1]
    if call.buffers is not None and call.error is None:
        variables["buffers"] = call.buffers
    if call.training is not None:
        variables["training"] = call.training
    if call.torch_calls is not None:
        variables["torch_calls"] = call.torch_calls
    if call.varies is not None:
        variables["varies"] = call.varies
    if call.statistics is not None:
        variables |= {"kept": call.statistics.kept, "average": call.statistics.average}
    return variables


def name_in(parameter: ParameterResult) -> str:
    """What expressions call a parameter: the name of the reference's, if it stands in its place."""
    return parameter.fills or parameter.name


def _weighed(value: object) -> object:
    if not isinstance(value, Role):
        return value
    found = value.parts.get("weighed_gradient")
    return Role(
        value=value.value,
        gradient=found,  # type: ignore[arg-type]  # an Array or None, as every part of this name is
        grad=value.grad,
        parts=value.parts,
        items={key: inner for key, item in value.items.items() if isinstance(inner := _weighed(item), Role)},
    )


def with_names_of(buffers: Structure, theirs: Structure) -> Structure:
    """The buffers by the names of the reference's: those of equal names, else of equal shapes, else of shapes that
    differ by dimensions of one element, which are taken away. Where several fit, the most similar name counts, else the
    order.
    """
    ours = dict(zip(buffers.keys, buffers.items, strict=False))
    named = {key: ours.pop(key) for key in theirs.keys if key in ours}
    for key, item in zip(theirs.keys, theirs.items, strict=False):
        if key not in named:
            fitting = _fitting(ours, theirs.keys, key, item)
            if fitting is not None:
                named[key] = _shaped_like(ours.pop(fitting), item)
    ordered = {key: named[key] for key in theirs.keys if key in named} | ours
    return Structure(kind="dict", keys=tuple(ordered), items=tuple(ordered.values()), cut=buffers.cut)


def _fitting(ours: Mapping[str, Value], keys: Sequence[str], key: str, item: Value) -> str | None:
    """The name of the buffer that stands for the reference's buffer ``key``, which is one of ``keys``."""
    for shape_of in (_shape, _squeezed_shape):
        names = [name for name, value in ours.items() if shape_of(value) == shape_of(item)]
        if names:
            return max(names, key=lambda name: _shared_words(name, key) - max(_shared_words(name, one) for one in keys))
    return None


def _shape(value: Value) -> tuple[int, ...] | None:
    return value.shape if isinstance(value, Array) else None


def _squeezed_shape(value: Value) -> tuple[int, ...] | None:
    shape = _shape(value)
    return None if shape is None else tuple(size for size in shape if size != 1)


def _shaped_like(value: Value, item: Value) -> Value:
    if not isinstance(value, Array) or not isinstance(item, Array) or value.shape == item.shape:
        return value
    return replace(value, shape=item.shape, data=None if value.data is None else value.data.reshape(item.shape))


def _shared_words(name: str, key: str) -> int:
    """How many words of two names begin alike: 1 of ``moving_variance`` and ``running_var``."""
    ours = _WORD.findall(name.lower())
    return sum(any(word.startswith(one) or one.startswith(word) for one in ours) for word in _WORD.findall(key.lower()))

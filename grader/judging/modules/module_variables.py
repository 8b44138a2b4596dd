"""What expressions can ask of a module's call: its arguments, output, parameters, gradients, buffers and statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.judging.error_families import name_of
from grader.judging.foreign_hands import goes_through_own_function
from grader.judging.functions.argument_roles import CallRecord, roles_of
from grader.language.expression import Role
from grader.model import ModuleCall, ModuleInput, Opaque, ParameterResult, Structure, Value

VARIABLES: Mapping[str, str] = {
    "output": "what the call returned, or the last of `methods`; not known where it raised",
    "outputs": "what each of `methods` returned, in order: `outputs[0]`",
    "parameters": 'the parameters by the names that the reference\'s module gives them: `parameters["fc.weight"]`, and '
    '`parameters["fc.weight"].gradient`',
    "gradients": "the gradients of the output's sum for all parameters, by their names",
    "buffers": 'the buffers after the call, by their names: `buffers["running_mean"]`; of an object of another class '
    "its tensors that are no parameters",
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
    record = CallRecord.of(call.arguments, call.changed)
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
    if call.buffers is not None:
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
    """The buffers by the names of the reference's: equal names, else equal shapes in order."""
    ours = dict(zip(buffers.keys, buffers.items, strict=False))
    named = {key: ours.pop(key) for key in theirs.keys if key in ours}
    for key, item in zip(theirs.keys, theirs.items, strict=False):
        if key not in named:
            fitting = next((name for name, value in ours.items() if _shape(value) == _shape(item)), None)
            if fitting is not None:
                named[key] = ours.pop(fitting)
    ordered = {key: named[key] for key in theirs.keys if key in named} | ours
    return Structure(kind="dict", keys=tuple(ordered), items=tuple(ordered.values()), cut=buffers.cut)


def _shape(value: Value) -> object:
    return getattr(value, "shape", None)

"""The variables of expressions for one call of a function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from grader.judging.error_families import name_of
from grader.judging.foreign_hands import goes_through_own_function
from grader.judging.functions.argument_roles import CallRecord, roles_of, tensor_role
from grader.judging.functions.called_functions import CalledFunction
from grader.language.expression import Role
from grader.model import FunctionCall, Structure
from grader.runtime.protocol.record import INPUT

WAYS = frozenset({"paths", "branches"})

Variables = Mapping[str, object]
VariablesByInput = Mapping[int, Variables]
"""The variables of a function's calls, by the number of the input."""


def variables_of(
    called: CalledFunction, call: FunctionCall, read: frozenset[str], texts: frozenset[str] = frozenset()
) -> dict[str, object]:
    """``read``: the names that the check reads; what costs further calls is known only if it does. ``texts``: those in
    its lines.
    """
    variables: dict[str, object] = {"weights": call.weights}
    record = CallRecord.of(call.arguments, call.changed, raised=call.error is not None)
    arguments = called.arguments.get(call.input)
    if arguments is not None:
        variables |= roles_of(arguments, record)
    else:
        result = call.of(INPUT)
        variables |= {
            INPUT: tensor_role(INPUT, called.inputs[call.input], record),
            "gradient": result.gradient,
            "weighed_gradient": result.weighed,
        }
        if "second" in read:
            variables["second"] = result.second
    variables |= {"output": call.output, "error": None if call.error is None else name_of(call.error, texts)}
    variables["custom_function"] = goes_through_own_function(call.hands)
    if read & WAYS:
        variables |= {"paths": called.paths, "branches": called.branches}
    if "varies" in read:
        variables["varies"] = call.varies
    if "redraws" in read:
        variables["redraws"] = call.redraws
    if "torch_calls" in read:
        variables["torch_calls"] = call.torch_calls
    return variables


def without_gradients(call: FunctionCall) -> FunctionCall:
    """A call that returned several values where one tensor is asked for: nothing is differentiated then."""
    if not isinstance(call.output, Structure):
        return call
    return replace(call, arguments=())


def value_of(variable: object) -> object:
    """The value of a variable, without what else can be asked of it."""
    return variable.value if isinstance(variable, Role) else variable


def role_at(path: str, variables: Variables) -> Role | None:
    """The argument, or the part of an argument, at a path such as ``params[0]``."""
    for name, value in variables.items():
        if isinstance(value, Role) and path.startswith(name):
            found = _role_in(path, name, value)
            if found is not None:
                return found
    return None


def _role_in(path: str, here: str, role: Role) -> Role | None:
    if path == here:
        return role
    for key, item in role.items.items():
        inner = f"{here}[{key}]" if isinstance(key, int) else f'{here}["{key}"]'
        if path.startswith(inner) and (found := _role_in(path, inner, item)) is not None:
            return found
    return None

"""The functions of the reference solution, as far as a ``function`` check needs them to judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import REFERENCE
from grader.judging.functions.asked_calls import AskedCalls
from grader.judging.functions.call_variables import VariablesByInput, variables_of
from grader.judging.functions.called_functions import CalledFunction, functions_called
from grader.judging.functions.derivatives import derivative_of
from grader.judging.functions.trials import Trials
from grader.judging.observed import Observed
from grader.model import CallProbe


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFunctions:
    """``variables`` are those of its last function with a listed name, else of its last function. ``given`` are its
    functions that students were given, with ``unlike`` only.
    """

    variables: VariablesByInput
    given: tuple[CalledFunction, ...] = ()


def read_reference(
    check: Check, asked: AskedCalls, reference: Observed, calls: Sequence[CallProbe]
) -> ReferenceFunctions:
    """``calls`` are those of ``AskedCalls.probe`` and, with ``unlike``, of ``AskedCalls.likeness``."""
    probe, *likeness = calls
    functions = functions_called(reference, probe)
    variables: VariablesByInput = {}
    if functions:
        named = [called for called in functions if set(called.names) & set(asked.functions)]
        chosen = max(named or functions, key=lambda called: called.number)
        variables = {call.input: variables_of(chosen, call, asked.read, asked.texts) for call in chosen.calls}
    if not likeness:
        return ReferenceFunctions(variables=variables)
    results = Trials(check=check, asked=asked, reference=variables).results(functions)
    answer = max((result.called.number for result in results if result.passed), default=None)
    given = [called for other in likeness for called in functions_called(reference, other)]
    return ReferenceFunctions(variables=variables, given=tuple(called for called in given if called.number != answer))


def without_gradient(check: Check, reference: ReferenceFunctions) -> str:
    """A mistake of the course: a line wants a gradient of the reference, which has none at any input. Else empty."""
    if not reference.variables:
        return ""
    for observed, wanted in check.expect:
        if wanted.name != REFERENCE or derivative_of(observed) is None:
            continue
        if all(observed.evaluate(variables) is None for variables in reference.variables.values()):
            return (
                f"`{observed.text}: reference` says nothing: the reference's function has no such gradient at any "
                "input. For a gradient that must not flow, write `None`"
            )
    return ""

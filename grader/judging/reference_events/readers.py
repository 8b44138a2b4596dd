"""What each kind of check reads of a reference's run, with as little in it as that check needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.judging.checks.backward import BackwardCheck
from grader.judging.checks.base import Check
from grader.judging.checks.function import FunctionCheck
from grader.judging.checks.module import ModuleCheck
from grader.judging.checks.steps import StepsCheck
from grader.judging.checks.value import ValueCheck
from grader.judging.checks.yaml_lines import REFERENCE
from grader.judging.functions.called_functions import functions_called
from grader.judging.functions.derivatives import NAMES as DERIVATIVES
from grader.judging.functions.derivatives import read_by
from grader.judging.modules.called_modules import answer_among, modules_called
from grader.judging.observed import Observed
from grader.judging.reference_events.reduced_events import (
    alone,
    names_event,
    nowhere,
    reduced_brief,
    reduced_pass,
    without_lines,
    without_text,
)
from grader.judging.reference_values import last_values
from grader.judging.trials import Candidate, meets_given
from grader.judging.watched_values import matching_names
from grader.language.expression import Expression
from grader.model import (
    Backward,
    BriefPasses,
    ChangedNames,
    Event,
    Output,
    Probes,
    RunNote,
    TrainingStep,
    UncaughtError,
    Warned,
)

_TEXTS = (Output, UncaughtError, Warned, RunNote)
"""Events that are nothing but text. No check compares with them, and they may quote the solution."""
Found = Iterator[tuple[int, Event]]
"""Events with their positions in the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A check that compares with the reference, or a way of one. ``ids``: the checks of its exercise."""

    way: Any
    probes: Probes
    ids: frozenset[str]


Reader = Callable[[Asking, Observed], Found]
Readers = Mapping[type[Check], Reader]


def reader_of(readers: Readers, way: Check) -> Reader:
    """For a kind of check of another package nothing is known, so that it gets all events but texts."""
    return next((read for kind, read in readers.items() if isinstance(way, kind)), _all_events)


def candidates_of(one: Asking, reference: Observed) -> Iterator[Candidate]:
    check: BackwardCheck = one.way
    found = check.candidates_of_reference(reference, is_check=check.through in one.ids)
    return (candidate for candidate in found if meets_given(check, candidate))


def _of_function(one: Asking, reference: Observed) -> Found:
    """The calls of the function that ``reference_functions`` chooses; with ``unlike`` those of all functions."""
    check: FunctionCheck = one.way
    asked, read = check.asked, check.asked.read
    for number, probe in enumerate(one.probes.calls):
        functions = functions_called(reference, probe)
        if len(one.probes.calls) == 1 and functions:
            named = [called for called in functions if set(called.names) & set(asked.functions)]
            functions = (max(named or functions, key=lambda called: called.number),)
        compared = check.asked.lines if check.unlike is not None else _compared_lines(check)
        keeps_derivatives = number == 0 and any(one.name in DERIVATIVES for one in read_by(compared))
        keeps_changes = any(word in line.text for line in compared for word in ("after", "changed"))
        counts = check.unlike is not None or asked.counts_ways
        for called in functions:
            listed = tuple(name for name in called.names if name in asked.functions)[:1]
            for call in called.calls:
                yield (
                    _position_of(reference, call),
                    replace(
                        call,
                        place=nowhere(call.place),
                        name="".join(listed),
                        names=(),
                        arguments=tuple(
                            result if keeps_derivatives else replace(result, gradient=None, second=None, weighed=None)
                            for result in (replace(each, shifts=None) for each in call.arguments)
                        ),
                        changed=call.changed if keeps_changes else (),
                        weights=call.weights if keeps_derivatives else None,
                        branches=call.branches if asked.counts_ways or len(one.probes.calls) > 1 else "",
                        steady=call.steady or not counts,
                        printed=False,
                        cuts=(),
                        lines=(),
                        hands=(),
                        error=without_text(call.error, keep="error" in read),
                    ),
                )


def _compared_lines(check: Check) -> tuple[Expression, ...]:
    """The lines that want ``reference``: of other lines the reference's own values do not count."""
    return tuple(seen for seen, wanted in check.expect if wanted.name == REFERENCE)


def _of_module(one: Asking, reference: Observed) -> Found:
    check: ModuleCheck = one.way
    read = _read_by(check)
    keeps_gradients = any("gradient" in line.text for line in _compared_lines(check))
    for probe in one.probes.modules:
        called = answer_among(modules_called(reference, probe), check.module)
        for call in () if called is None else called.calls:
            listed = [name for name in (call.name, *call.names) if name in check.module][:1]
            without: dict[str, Any] = {} if keeps_gradients else {"gradient": None, "weighed": None}
            yield (
                _position_of(reference, call),
                replace(
                    call,
                    place=nowhere(call.place),
                    type="",
                    arguments=tuple(replace(each, **without) for each in call.arguments),
                    parameters=tuple(replace(each, **without) for each in call.parameters),
                    weights=call.weights if keeps_gradients else None,
                    buffers=call.buffers if "buffers" in read else None,
                    name="".join(listed),
                    names=(),
                    unregistered=(),
                    printed=False,
                    lines=(),
                    hands=(),
                    error=without_text(call.error, keep="error" in read),
                ),
            )


def _of_value(one: Asking, reference: Observed) -> Found:
    check: ValueCheck = one.way
    last = last_values(check, reference)
    if not last.mistake:
        values = {found: last.variables[name] for name, found in last.bound.items()}
        yield last.position, names_event(values, keep_grad="grad" in _texts_of(check))


def _of_backward(one: Asking, reference: Observed) -> Found:
    """The passes that meet ``given``, and what the declared names were bound to then."""
    check: BackwardCheck = one.way
    events = reference.events
    positions = {candidate.position for candidate in candidates_of(one, reference)}
    groups = {event.group for position in positions if isinstance(event := events[position], Backward) and event.group}
    listed = _listed_names(check)
    reads = _texts_of(check)
    for position, event in enumerate(events):
        if isinstance(event, Backward) and (position in positions or event.group in groups):
            if check.names:
                values = reference.names_at(position)
                aliases = [alias for aliases in check.names.values() for alias in aliases]
                bound = {name: values[name] for name in matching_names(aliases, values)}
                yield position, names_event(bound, keep_grad="grad" in reads)
            yield (
                position,
                reduced_pass(
                    event,
                    listed,
                    keep_grad="grad" in _read_by(check),
                    keep_gradient="grad" in reads or not check.expect,
                ),
            )


def _of_steps(one: Asking, reference: Observed) -> Found:
    check: StepsCheck = one.way
    listed = _listed_names(check)
    read = _read_by(check)
    for position, event in enumerate(reference.events):
        if isinstance(event, TrainingStep):
            leaves = tuple(
                replace(leaf, names=tuple(matching_names(listed, leaf.names)), before=alone(leaf.before))
                for leaf in event.leaves
            )
            loss = event.loss if "loss" in read else None
            place = nowhere(event.place)
            yield position, replace(event, place=place, leaves=leaves, loss=loss, hands=())
    yield from _all_passes(one, reference)  # by them leaves are known that no step changed


def _all_passes(one: Asking, reference: Observed) -> Found:
    """All that bears on passes, where how they are counted depends on others."""
    listed = _listed_names(one.way)
    for position, event in enumerate(reference.events):
        if isinstance(event, Backward):
            yield position, reduced_pass(event, listed, keep_grad=True)
        elif isinstance(event, BriefPasses):
            yield position, reduced_brief(event, listed)
        elif isinstance(event, ChangedNames):
            aliases = [alias for aliases in one.way.names.values() for alias in aliases]
            names = matching_names(aliases, event.changed)
            yield position, replace(event, place=nowhere(event.place), changed={n: event.changed[n] for n in names})


def _all_events(one: Asking, reference: Observed) -> Found:
    for position, event in enumerate(reference.events):
        if not isinstance(event, _TEXTS):
            yield position, without_lines(event)


READERS: Readers = {
    FunctionCheck: _of_function,
    ModuleCheck: _of_module,
    ValueCheck: _of_value,
    BackwardCheck: _of_backward,
    StepsCheck: _of_steps,
}
GENEROUS: Readers = {**READERS, BackwardCheck: _all_passes}


def _position_of(reference: Observed, event: Event) -> int:
    return next(position for position, other in enumerate(reference.events) if other is event)


def _read_by(check: Check) -> frozenset[str]:
    return frozenset().union(*(line.names for _, line in check.expressions()))


def _texts_of(check: Check) -> str:
    return " ".join(line.text for _, line in check.expressions())


def _listed_names(check: Check) -> tuple[str, ...]:
    """The names of submissions that a check lists."""
    listed = [alias for aliases in check.names.values() for alias in aliases]
    others = (getattr(check, "leaf", None), check.through, *getattr(check, "leaves", ()))
    return tuple(dict.fromkeys((*listed, *(name for name in others if isinstance(name, str)))))

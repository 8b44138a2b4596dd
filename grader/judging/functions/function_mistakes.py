"""Mistakes in how a ``function`` check is written: fields and lines that do not fit together."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import NUMERIC, REFERENCE
from grader.judging.functions.argument_entries import MadeArgument, TensorEntry
from grader.judging.functions.argument_structures import DictEntry, ListEntry
from grader.judging.functions.asked_calls import AskedCalls
from grader.judging.functions.derivatives import Derivative, derivative_of, derivatives_in
from grader.judging.functions.hidden_arguments import ArgumentSet, too_much
from grader.language.expression import Expression
from grader.language.yaml_file import Loc
from grader.runtime.protocol.record import INPUT
from grader.suggestions import did_you_mean, did_you_mean_or_all


def find_mistakes(check: Check, asked: AskedCalls, written: Collection[str]) -> Iterator[tuple[Loc, str]]:
    """The mistakes of a check, each with its place. ``written`` are the fields that stand in the file."""
    yield from _of_fields(asked, written)
    yield from _of_sets(check, asked)
    for observed, wanted in check.expect:
        derivative = derivative_of(observed)
        if wanted.name == NUMERIC and (derivative is None or derivative.name == "weighed_gradient"):
            of_one = "`gradient` or `second`" if asked.inputs else "`w.gradient` or `w.second` of an argument"
            yield (), f"`numeric` is what {of_one} can be compared with, not `{observed.text}`"
        if wanted.name == REFERENCE and asked.has_own_inputs:
            yield (
                (),
                "`reference` cannot be wanted with `own` inputs: those of the reference are others. Compare with "
                "`numeric`, or with an expression",
            )
    for loc, line in check.expressions():
        for derivative in derivatives_in(line):
            if text := _no_derivative(derivative, asked):
                yield loc, text
    if _asks_for_no_gradient_only(check):
        yield (
            ("expect",),
            "a gradient that is None proves nothing by itself: a function that returns a constant has none. Say what "
            "it has to return, such as `output: reference`, or compare another gradient",
        )


def instead_of_names(arguments: Sequence[ArgumentSet], of_one_tensor: Collection[str]) -> Mapping[str, str]:
    """What to write in the place of names that only a function of one tensor has, where a function has arguments."""
    if not arguments:
        return {}
    names = ", ".join(f"`{name}`" for name in dict.fromkeys(name for one in arguments for name in one))
    known = {
        name: f"each argument has its own `{name}`: write it after a name, as `w.{name}`; it is given {names}"
        for name in of_one_tensor
    }
    return known | {INPUT: f"`input` is for a function of one tensor; this one is given {names}"}


def _of_fields(asked: AskedCalls, written: Collection[str]) -> Iterator[tuple[Loc, str]]:
    if not asked.inputs and not asked.arguments:
        yield (), "`inputs` is missing; for a function of several arguments write `arguments`"
    if asked.inputs and asked.arguments:
        text = "`inputs` is there already: that is for a function of one tensor, `arguments` for all others; keep one"
        yield ("arguments",), text
    if not asked.arguments:
        if "by_name" in written:
            yield ("by-name",), "has a meaning with `arguments` only; leave it out"
        if "calls" in written:
            text = "has a meaning with `arguments` only; an entry of `inputs` says how often it is drawn by `count`"
            yield ("calls",), text
        return
    if "calls" in written and not any(entry.is_random for one in asked.arguments for entry in one.values()):
        yield ("calls",), "means nothing here: nothing in `arguments` is random, so they are used once; leave it out"
    if text := too_much(asked.arguments, asked.calls):
        yield ("calls" if "calls" in written else "arguments",), text
    known = {name for one in asked.arguments for name in one}
    for index, name in enumerate(asked.by_name):
        if name not in known:
            yield ("by-name", index), f"there is no argument `{name}`{did_you_mean_or_all(name, known)}"


def _of_sets(check: Check, asked: AskedCalls) -> Iterator[tuple[Loc, str]]:
    """Mappings of a list of arguments that do not fit together: one function is called with all of them."""
    first = asked.arguments[0] if asked.arguments else {}
    for index, arguments in enumerate(asked.arguments[1:], start=1):
        common = [name for name in arguments if name in first and name not in asked.by_name]
        before = [name for name in first if name in common]
        if common != before:
            others = ", ".join(f"`{name}`" for name in before)
            yield (
                ("arguments", index),
                f"has another order than the first mapping, where they are {others}; the order is that of the call",
            )
    read: dict[str, Loc] = {}
    for loc, line in check.expressions():
        for name in line.names:
            read.setdefault(name, loc)
    every = dict.fromkeys(name for one in asked.arguments for name in one)
    for name in every:
        missing = next((index for index, one in enumerate(asked.arguments) if name not in one), None)
        if missing is not None and name in read:
            known = ", ".join(f"`{other}`" for other in asked.arguments[missing])
            yield (
                ("arguments", missing),
                f"`{name}` is missing, which a line of this check reads; the arguments are {known}. An argument has "
                "one name in all mappings",
            )


def _no_derivative(derivative: Derivative, asked: AskedCalls) -> str:
    """Why there is no such derivative; empty where there may be one."""
    path, name = derivative
    if not asked.arguments:
        return ""
    if path == INPUT and not any(INPUT in one for one in asked.arguments):
        return ""  # an unknown name, which is said already
    found: list[bool] = []
    for one in asked.arguments:
        entries = _parts_of(one)
        if any(isinstance(entry, MadeArgument) and path.startswith(f"{place}[") for place, entry in entries.items()):
            return ""
        entry = entries.get(path)
        if isinstance(entry, TensorEntry):
            found.append(entry.can_have_gradient)
        elif isinstance(entry, ListEntry | DictEntry):
            inner = next((place for place in entries if place.startswith(f"{path}[")), f"{path}[0]")
            return f"`{path}` holds several arguments; name one of them, such as `{inner}.{name}`"
    if any(found):
        return ""
    if found:
        return f"`{path}` has no gradient: it holds no floating point numbers, or `requires-grad: false` stands there"
    tensors = {
        place for one in asked.arguments for place, entry in _parts_of(one).items() if isinstance(entry, TensorEntry)
    }
    return f"`{path}` is no tensor that is handed in{did_you_mean(path, tensors)}"


def _parts_of(arguments: ArgumentSet) -> Mapping[str, object]:
    """All arguments, and what is in them, by their paths."""
    return {f"{name}{path}": part for name, entry in arguments.items() for path, part in entry.parts()}


def _asks_for_no_gradient_only(check: Check) -> bool:
    """Whether all that the check asks for is that gradients are None."""
    if not check.expect or check.holds:
        return False
    return all(_is_gradient(observed) and wanted.text == "None" for observed, wanted in check.expect)


def _is_gradient(line: Expression) -> bool:
    return derivative_of(line) is not None

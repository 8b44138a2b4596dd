"""Checks that ask nothing: judged, they note every candidate of their kind with the variables that expressions use.

So what is shown of a file comes from the code that judges it, and an author sees what a check will see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.judging.checks.backward import BackwardCheck
from grader.judging.checks.base import Check
from grader.judging.checks.function import FunctionCheck
from grader.judging.checks.module import ModuleCheck
from grader.judging.checks.plot import PlotCheck
from grader.judging.checks.raises import RaisesCheck
from grader.judging.checks.steps import StepsCheck
from grader.judging.checks.uses import UsesCheck
from grader.judging.checks.value import ValueCheck
from grader.judging.error_families import FAMILIES
from grader.language.expression import RESERVED
from grader.model import SeenKind, Submission
from grader.runtime.protocol.name_paths import read_path
from grader.workbench.observing.defined_names import DefinedName, defined_names

MAX_NAMES = 40
"""Names whose values are watched where nobody asks for some."""
CALLS = (
    *("detach", "detach_", "numpy", "item", "tolist", "clone", "requires_grad_", "retain_grad", "zero_", "no_grad"),
    *("data", "clip_grad_norm_"),
)
"""Calls of torch that are listed."""
PARTS = ("*.weight", "*.bias", "*.*.weight", "*.*.bias", "*[*].weight", "*[*].bias")
"""Parts of objects by which leaves of passes are known besides the names of variables."""
_OF_VALUE = '{name}.source == "autograd" or {name}.grad == 1'
"""Reads what is recorded of a value only where a line reads it."""
MOST_ARGUMENTS = 4
"""Arguments of a function that is called with a vector for each of them."""
DECLARED = "value"
"""The name in expressions of a value whose own name means something there already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainCheck:
    """A check that asks nothing, and what its candidates are. ``about``: the student's name that it is about."""

    kind: SeenKind
    check: Check
    about: str = ""
    defined: DefinedName | None = None


def plain_checks(submission: Submission, kinds: Sequence[SeenKind], names: Sequence[str]) -> tuple[PlainCheck, ...]:
    """The checks that show what was recorded of these kinds. ``names``: of these values only; none: of all names that
    the file binds at its top level.
    """
    defined = defined_names(submission)
    found = enumerate(_plain_checks(defined, frozenset(kinds), names), start=1)
    # Verdicts and notes are kept by the ids of checks.
    return tuple(replace(one, check=one.check.model_copy(update={"id": f"{one.check.id}-{n}"})) for n, one in found)


def _plain_checks(
    defined: Sequence[DefinedName], kinds: frozenset[SeenKind], names: Sequence[str]
) -> Iterator[PlainCheck]:
    if "pass" in kinds:
        yield PlainCheck(kind="pass", check=BackwardCheck.model_validate(_fields("passes", "backward")))
    if "step" in kinds:
        yield PlainCheck(kind="step", check=StepsCheck.model_validate(_fields("steps", "steps", every=["steps >= 1"])))
    if "value" in kinds:
        for name in _watched(defined, names):
            declared = name if name.isidentifier() and name not in RESERVED else DECLARED
            fields = _fields("values", "value", names={declared: (name,)})
            check = ValueCheck.model_validate({**fields, "evidence": _OF_VALUE.format(name=declared)})
            yield PlainCheck(
                kind="value",
                check=check.telling_parts(lambda text: True),
                about=name,
            )
    if "curve" in kinds:
        asked = 'source == "autograd" and is_gradient and differentiated and slope_of > 0'
        yield PlainCheck(kind="curve", check=PlotCheck.model_validate(_fields("curves", "plot", evidence=asked)))
    if "error" in kinds:
        family = next(iter(FAMILIES))
        yield PlainCheck(kind="error", check=RaisesCheck.model_validate(_fields("errors", "raises", error=family)))
    if "call" in kinds:
        calls = dict.fromkeys((*CALLS, *(name for name in names if name.isidentifier())))
        yield PlainCheck(kind="call", check=UsesCheck.model_validate(_fields("calls", "uses", call=list(calls))))
    if "function" in kinds:
        for one in _of_kind(defined, "function", names):
            called = FunctionCheck.model_validate(_of_function(one))
            yield PlainCheck(kind="function", check=called, about=one.name, defined=one)
    if "module" in kinds:
        for one in _of_kind(defined, "class", names):
            fields = _fields("modules", "module", module=one.name, parameters="own", holds=["parameter_count >= 1"])
            yield PlainCheck(kind="module", check=ModuleCheck.model_validate(fields), about=one.name, defined=one)


def _of_function(defined: DefinedName) -> dict[str, Any]:
    """A check that calls a function with tensors: its own and others, or with one vector for each argument."""
    asked = "paths >= 1 and branches >= 1 and not varies and not redraws and error == None"
    if defined.takes_one or not MOST_ARGUMENTS >= len(defined.needed) > 1:
        fields = _fields("functions", "function", function=defined.name, inputs=("own", {"normal": (3,)}))
        return {**fields, "expect": {"gradient": "numeric"}, "evidence": f"{asked} and any(second != 0)"}
    taken = {*RESERVED, *FunctionCheck.VARIABLES}
    names = [f"{name}_" if name in taken else name for name in defined.needed]
    arguments = {name: {"normal": (3,)} for name in names}
    fields = _fields("functions", "function", function=defined.name, arguments=arguments, calls=2)
    read = " and ".join(f"any({name}.gradient != 0)" for name in names)
    return {**fields, "expect": {f"{names[0]}.gradient": "numeric"}, "evidence": f"{asked} and {read}"}


def _fields(identity: str, kind: str, **others: Any) -> dict[str, Any]:
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in others.items()}
    return {"id": identity, "kind": kind, "evidence": "never", **fields}


def _watched(defined: Iterable[DefinedName], names: Sequence[str]) -> Sequence[str]:
    if names:
        return [name for name in names if read_path(name) is not None]
    return [one.name for one in defined if one.kind == "value"][:MAX_NAMES]


def _of_kind(defined: Iterable[DefinedName], kind: str, names: Sequence[str]) -> Iterator[DefinedName]:
    return (one for one in defined if one.kind == kind and (not names or one.name in names))

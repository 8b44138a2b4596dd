"""Made-up values for the variables that a line of a check reads, so that it can be tried: whatever a submission might
do, and not only what is likely.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.judging.checks.backward import BackwardCheck
from grader.judging.checks.base import Check
from grader.judging.checks.function import FunctionCheck
from grader.judging.checks.module import ModuleCheck
from grader.judging.checks.steps import StepsCheck
from grader.judging.checks.value import ValueCheck
from grader.judging.functions.argument_roles import CallRecord, roles_of
from grader.judging.functions.hidden_arguments import draw_set
from grader.judging.variable_kinds import COUNT, NUMBERS, PARTS, Count, Flag, VariableKind, Word
from grader.language.expression import ATTRIBUTES, SOURCE, Expression, Role, parse, source_key
from grader.model import ArgumentResult, Array, ChangedArgument, job

MADE_UP = 600
"""How many candidates a line is tried with, until one does not meet it."""
_SHAPES: tuple[tuple[int, ...], ...] = ((), (1,), (3,), (2, 3), (4, 4))
_EMPTY: tuple[tuple[int, ...], ...] = ((0,), (0, 3))
"""Only for lines that ask how many elements there are: no comparison of none of them holds."""
_DTYPES = ("float32", "float32", "float64", "int64", "bool")
_NUMBERS = (0.0, 0.0, 1.0, -1.0, 2.0, 0.37, -3.71, 1e-12, -1e9, 1e30)
_WORDS = ("", "autograd", "some text")
_OF_CALLS: Mapping[str, VariableKind] = {"output": NUMBERS, "paths": COUNT, "branches": COUNT}
"""What function and module checks do not say of their variables, since lines such as `paths >= 1` are useful there."""
_OF_A_ROLE = frozenset({"gradient", "second", "weighed_gradient", "after", "tangent", "previous_change"})
_BY_PARTS = frozenset({"after", "changed", "previous_change", "passes", "second", "tangent", "was_zeroed"})

_Values = dict[str, Any]
"""Made-up values of what a line reads, by how it is written: ``output``, ``w.gradient``, ``output.shape``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    """Made-up candidates for one line of a check."""

    check: Check
    line: Expression
    kinds: Mapping[str, VariableKind]
    """Of what the line reads, by how it is written."""
    handed: bool
    """Arguments have the values that the exercise hands in; otherwise these are made up as well."""
    constants: Sequence[Any]
    """All that stands in the line as it is."""

    @classmethod
    def of(cls, check: Check, line: Expression, *, handed: bool) -> MadeUp | None:
        """None where the line reads something for which no values can be made up."""
        kinds = _kinds_read(check, line)
        if kinds is None:
            return None
        tree = line.tree
        return cls(
            check=check,
            line=line,
            kinds=kinds,
            handed=handed,
            constants=[node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)],
        )

    def _compared(self) -> Sequence[tuple[str, Expression]]:
        """What the line reads and compares with something else, with that."""
        nodes = ast.walk(self.line.tree)
        compared = [pair for node in nodes if isinstance(node, ast.Compare) for pair in _sides(node)]
        return [(ast.unparse(one), parse(ast.unparse(other))) for one, other in compared]

    def candidates(self) -> Iterator[Mapping[str, object]]:
        """The variables of each candidate."""
        chance = np.random.default_rng(0)
        compared: Sequence[tuple[str, Expression]] | None = None  # most lines fail before these are needed
        for number in range(MADE_UP):
            values: _Values = {}
            alike = None if number % 3 else self._number(chance)
            for text, kind in self.kinds.items():
                values[text] = self._value(kind, chance, alike)
            variables = self._variables(values, number, chance)
            if number % 2 and compared is None:
                compared = self._compared()
            for text, other in (compared or ()) if number % 2 else ():
                # Both sides of a comparison equal, or nearly: by accident they would not be.
                if text in self.kinds and chance.random() < 0.7:
                    found = _near(other.evaluate(variables), self.kinds[text], chance)
                    if found is not None:
                        values[text] = found
                        variables = self._variables(values, number, chance)
            yield variables

    def _value(self, kind: VariableKind, chance: np.random.Generator, alike: float | None) -> Any:
        match kind:
            case Count(least=least):
                near = [int(each) + step for each in self.constants if _is_number(each) for step in (-1, 0, 1)]
                return int(max(least, chance.choice([least, least + 1, 7, 10**6, *near])))
            case Flag():
                return bool(chance.integers(2))
            case Word(known=known):
                texts = [each for each in self.constants if isinstance(each, str)]
                options = [*(sorted(known) or _WORDS), *([] if known else texts)]
                if None in self.constants:
                    return [None, *options][chance.integers(len(options) + 1)]
                return options[chance.integers(len(options))]
        return self._array(chance, alike)

    def _array(self, chance: np.random.Generator, alike: float | None) -> Array | None:
        if None in self.constants and chance.random() < 0.2:
            return None
        shapes = (*_SHAPES, *(_EMPTY if self._counts else ()))
        shape = shapes[chance.integers(len(shapes))]
        number = self._number(chance) if alike is None else alike
        data = np.full(shape, number)
        if alike is None and chance.random() < 0.5:
            data = chance.normal(size=shape) * (1 if number == 0 else number)
        with np.errstate(all="ignore"):
            return _as_array(data.astype(_DTYPES[chance.integers(len(_DTYPES))]), bool(chance.integers(2)))

    @property
    def _counts(self) -> bool:
        return not self.line.functions.isdisjoint({"size", "shape"}) or any(
            attribute == "shape" for _, attribute in self.line.attributes
        )

    def _number(self, chance: np.random.Generator) -> float:
        near = [float(each) + step for each in self.constants if _is_number(each) for step in (0, 0, -1, 1)]
        unusual = [np.nan, np.inf, -np.inf] if "finite" in self.line.functions else []
        return float(chance.choice([*_NUMBERS, *near, *unusual]))

    # ----------------------------------------------------------------------------------------------------------------
    # Variables
    # ----------------------------------------------------------------------------------------------------------------

    def _variables(self, values: _Values, number: int, chance: np.random.Generator) -> Mapping[str, object]:
        variables: dict[str, object] = {}
        for text, value in values.items():
            if text.isidentifier():
                variables[text] = _with_attributes(text, value, values)
            elif text.endswith(f".{SOURCE}"):
                variables[source_key(text.removesuffix(f".{SOURCE}"))] = value
        roles = {path for path, attribute in self.line.attributes if attribute in _OF_A_ROLE | _BY_PARTS}
        for name in roles & variables.keys():
            variables[name] = _role(name, variables[name], values)
        if self.handed:
            variables.update(self._handed_in(values, number))
        return variables

    def _handed_in(self, values: _Values, number: int) -> Mapping[str, object]:
        check = self.check
        match check:
            case FunctionCheck() if check.arguments:
                sets = [check.arguments[number % len(check.arguments)]]
            case ModuleCheck():
                sets = [*check.made_with, *(entries for _, entries in check.methods)]
                sets += [check.arguments[number % len(check.arguments)]] if check.arguments else []
            case _:
                return {}
        variables: dict[str, object] = {}
        for entries in sets:
            drawn = draw_set(entries, seed=number, key="made up")
            paths = {f"{name}{path}" for name, entry in entries.items() for path, _ in entry.parts()}
            record = CallRecord.of(
                (
                    ArgumentResult(
                        path=path,
                        gradient=_array_in(values.get(f"{path}.gradient")),
                        second=_array_in(values.get(f"{path}.second")),
                        weighed=_array_in(values.get(f"{path}.weighed_gradient")),
                    )
                    for path in paths
                ),
                (
                    ChangedArgument(path=path, after=after)
                    for path in (paths if number % 2 else ())
                    if values.get(f"{path}.changed", True)
                    and isinstance(after := values.get(f"{path}.after", _as_array(np.zeros(3))), Array)
                ),
            )
            variables |= roles_of(job.Arguments(by_position=tuple(drawn.items()), by_name=()), record)
        return variables


def _kinds_read(check: Check, line: Expression) -> Mapping[str, VariableKind] | None:
    """What a line reads can be, by how it is written; None where something of it is not known."""
    kinds = {**(_OF_CALLS if isinstance(check, FunctionCheck | ModuleCheck) else {}), **check.VALUES}
    kinds |= dict.fromkeys(check.handed_in(), NUMBERS)
    match check:
        case ValueCheck():
            kinds |= dict.fromkeys(check.names, NUMBERS)
        case BackwardCheck() | StepsCheck():
            kinds |= dict.fromkeys(check.leaves, NUMBERS)
    if not line.names <= kinds.keys():
        return None
    read = {name: kinds[name] for name in line.names}
    for path, attribute in line.attributes:
        if attribute in PARTS:
            read[f"{path}.{attribute}"] = PARTS[attribute]
        elif attribute == "after":
            read[f"{path}.{attribute}"] = NUMBERS
        elif not ATTRIBUTES[attribute].of_arrays or attribute == "grad":
            return None
    return read


def _sides(node: ast.Compare) -> Iterator[tuple[ast.expr, ast.expr]]:
    sides = (node.left, *node.comparators)
    for one, other in itertools.pairwise(sides):
        yield one, other
        yield other, one


def _near(value: object, kind: VariableKind, chance: np.random.Generator) -> Any:
    """A value of a kind that is equal to another one, or greater or less; None where there is none."""
    step = (0.0, 0.0, 1.0, -1.0)[chance.integers(4)]
    match kind:
        case Count(least=least):
            return max(least, int(value + step)) if isinstance(value, int | float) else None
        case Flag():
            return value if isinstance(value, bool) else None
        case Word(known=known):
            return value if isinstance(value, str) and (not known or value in known) else None
    match value:
        case Array(data=data) if data is not None and data.dtype.kind in "fiub":
            return _as_array(np.asarray(data, dtype=np.float64) + step)
        case bool() | str() | tuple():
            return value
        case int() | float():
            return _as_array(np.asarray(float(value) + step))
    return None


def _with_attributes(text: str, value: Any, values: _Values) -> Any:
    """A value with what is made up of its attributes."""
    if not isinstance(value, Array):
        return value
    return replace(
        value,
        requires_grad=bool(values.get(f"{text}.requires_grad", value.requires_grad)),
        is_leaf=bool(values.get(f"{text}.is_leaf", value.is_leaf)),
    )


def _role(name: str, value: Any, values: _Values) -> Role:
    of = {part: values[f"{name}.{part}"] for part in _BY_PARTS | _OF_A_ROLE if f"{name}.{part}" in values}
    return Role(
        value=value if isinstance(value, Array) else None,
        gradient=_array_in(of.get("gradient")),
        parts={part: found for part, found in of.items() if part != "gradient"},
    )


def _array_in(value: object) -> Array | None:
    return value if isinstance(value, Array) else None


def _as_array(data: Any, requires_grad: bool = True) -> Array:
    values = np.asarray(data)
    return Array(kind="tensor", dtype=values.dtype.name, shape=values.shape, data=values, requires_grad=requires_grad)


def _is_number(constant: Any) -> bool:
    return isinstance(constant, int | float) and not isinstance(constant, bool)

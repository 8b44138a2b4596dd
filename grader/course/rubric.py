"""Rubrics: reads ``rubrics/<id>.yaml``, which says how many points every check of an exercise is worth."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from pydantic import Field

from grader.course.exercise import Exercise
from grader.course.formulas import rubric_with
from grader.errors import ExerciseError, Mistake
from grader.judging.checks.base import Check
from grader.judging.checks.unknown_names import unknown_names, unknown_parts
from grader.judging.checks.yaml_lines import Expr, read_expression
from grader.judging.coincidence import gradients_of, nearby
from grader.language import yaml_file
from grader.language.expression import Expression
from grader.language.validation import SLUG, YamlModel, validate
from grader.language.yaml_file import Document
from grader.suggestions import did_you_mean

FOUND = "found"
"""The name, in ``when``, that tells whether the check found a candidate."""


class _Said(YamlModel):
    """What the student is told where a condition holds."""

    when: Expr
    say: str

    def holds_for(self, variables: Mapping[str, Any]) -> bool:
        """Whether the condition holds for some variables, and not by a coincidence of numbers."""
        return self.when.holds(nearby(variables, zeros_count=not gradients_of(variables)))

    def asks_for(self) -> frozenset[str]:
        """The ids of the checks of which the condition asks whether they ``passed``."""
        return _checks_asked_for(self.when.text) if "passed" in self.when.functions else frozenset()


class MistakeRule(_Said):
    """A known mistake. When the check failed, the first rule whose condition holds applies."""

    when: Expr = Field(
        description='What shows the mistake: a condition on the best candidate, `found`, `passed("id")`.'
    )
    say: str = Field(min_length=1, description="What the student is told.")
    hint: str | None = Field(
        default=None, description="What to try, instead of the check's own `hint`; an empty text: no hint."
    )
    credit: float = Field(default=0.0, ge=0, le=1, description="The share of the points that is still given, 0 to 1.")


class Remark(_Said):
    """What the student is told although the check passed. Every remark whose condition holds is shown."""

    when: Expr = Field(description='When it is said: a condition on the best candidate, `passed("id")`.')
    say: str = Field(min_length=1, description="What the student is told.")


class RubricCheck(YamlModel):
    """What a check is worth, and what the student is told when it fails."""

    points: float = Field(ge=0, le=1e6, allow_inf_nan=False, description="The points for a check that passed.")
    hint: str = Field(default="", description="What to try, shown where the check failed.")
    needs: tuple[str, ...] = Field(
        default=(), description="Checks that have to pass first; where one failed or was skipped, this one is skipped."
    )
    partial: bool = Field(default=False, description="Whether a share of inputs or lines gives a share of the points.")
    mistakes: tuple[MistakeRule, ...] = Field(default=(), description="Known mistakes, the most telling first.")
    remarks: tuple[Remark, ...] = Field(
        default=(), description="What is worth saying where the check passed. It costs nothing."
    )


class Rubric(YamlModel):
    """The points for the checks of an exercise."""

    exercise: str = Field(pattern=SLUG, description="The id of the exercise.")
    checks: Mapping[str, RubricCheck] = Field(description="What each check of the exercise is worth, by its id.")

    @property
    def total(self) -> float:
        """What the exercise is worth in all."""
        return sum(check.points for check in self.checks.values())

    def scaled_to(self, total: float | None) -> Rubric:
        """This rubric with the points of every check multiplied so that they add up to ``total``; None: as it is."""
        if total is None or not self.total:
            return self
        factor = total / self.total
        scaled = {
            name: check.model_copy(update={"points": check.points * factor}) for name, check in self.checks.items()
        }
        return self.model_copy(update={"checks": scaled})


def load_rubric(path: Path, exercise: Exercise | None, *, is_sound: bool = False) -> Rubric:
    """Reads the rubric of an exercise. Raises ExerciseError with all mistakes of the file.

    ``exercise``: None where it has mistakes itself. Then what the two have in common is not looked at; nor where
    ``is_sound``: it is known that they fit together.
    """
    document = yaml_file.load(path)
    if exercise is not None and exercise.let:
        document = replace(document, data=rubric_with(exercise.let, document.data))
    rubric, mistakes = validate(Rubric, document)
    mistakes += tuple(_wrong_name(document, path.stem if exercise is None else exercise.id))
    if exercise is not None and not is_sound:
        mistakes += tuple(_mismatches(document, exercise))
        mistakes += tuple(_wrong_references(document, exercise))
    if rubric is None or mistakes:
        raise ExerciseError(sorted(mistakes, key=lambda mistake: mistake.line or 0))
    return rubric


def _wrong_name(document: Document, name: str) -> Iterator[Mistake]:
    given = document.data.get("exercise")
    if isinstance(given, str) and given != name:
        yield document.mistake(("exercise",), f"`{given}` must be `{name}`, as the file is named")


def _mismatches(document: Document, exercise: Exercise) -> Iterator[Mistake]:
    """Checks that only the rubric or only the exercise names.

    It reads the raw data, so that these mistakes are reported also when the rubric has others.
    """
    marked = document.data.get("checks")
    if not isinstance(marked, Mapping):
        return
    ids = {check.id for check in exercise.checks}
    for check in marked:
        if check not in ids:
            hint = did_you_mean(check, ids - marked.keys()) or f"; it has {', '.join(sorted(ids))}"
            yield document.mistake(("checks", check), f"the exercise has no check `{check}`{hint}")
    for missing in sorted(ids - marked.keys()):
        yield document.mistake(("checks",), f"`{missing}` is missing; every check of the exercise needs its points")


def _wrong_references(document: Document, exercise: Exercise) -> Iterator[Mistake]:
    """``needs`` that refer to no check or form a cycle, and conditions that cannot be.

    It reads the raw data, so that these mistakes are reported also when the rubric has others.
    """
    by_id = {check.id: check for check in exercise.checks}
    needs: dict[str, list[str]] = {}
    for name, marked in _entries(document.data.get("checks")):
        needs[name] = [need for need in _listed(marked.get("needs")) if isinstance(need, str)]
        for index, need in enumerate(_listed(marked.get("needs"))):
            if isinstance(need, str) and need not in by_id:
                text = f"there is no check `{need}`{did_you_mean(need, by_id)}"
                yield document.mistake(("checks", name, "needs", index), text)
        if name not in by_id:
            continue
        for field in ("mistakes", "remarks"):
            for index, rule in enumerate(_listed(marked.get(field))):
                when = _condition(rule)
                for text in () if when is None else _wrong_condition(when, by_id[name], by_id):
                    yield document.mistake(("checks", name, field, index, "when"), text)
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        cycle = list(reversed(error.args[1]))
        text = f"these need each other in a circle: {' → '.join(cycle)}"
        yield document.mistake(("checks", cycle[0], "needs"), text)


def _entries(value: object) -> Iterator[tuple[str, Mapping[str, object]]]:
    if isinstance(value, Mapping):
        yield from ((name, entry) for name, entry in value.items() if isinstance(entry, Mapping))


def _listed(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, tuple | list) else ()


def _condition(rule: object) -> Expression | None:
    """The condition of a rule; None where it is no expression, which is said already."""
    try:
        return read_expression(rule.get("when")) if isinstance(rule, Mapping) else None
    except ValueError:
        return None


def _wrong_condition(when: Expression, check: Check, by_id: Mapping[str, Check]) -> Iterator[str]:
    wrong = [*_wrong_names(when, check, by_id), *_unrecorded(when, check), *_never(when, check)]
    yield from wrong
    if not wrong and "passed" not in when.functions:
        yield from _same_for_all(when, check)


def _same_for_all(when: Expression, check: Check) -> Iterator[str]:
    """A message for a condition that holds for everything, or that is what the check itself asks for."""
    from grader.course.always_met import is_always_met  # imported late: mostly a rubric is known to be sound

    if not when.names or all(is_always_met(way, when) for way in check.ways()):
        yield f"`{when.text}` holds for everything; what is always said is the check's `hint`"


def _unrecorded(when: Expression, check: Check) -> Iterator[str]:
    """A message for every name that has no value in a condition, since the check does not have it recorded."""
    unrecorded = check.unrecorded_names()
    asked = {f"{path}.{attribute}" for path, attribute in when.attributes}
    for name in sorted(name for name in unrecorded if when.reads(name) or name in asked):
        yield (
            f"`{name}` is recorded only where the exercise's check `{check.id}` reads it, and it does not; let that "
            f"check read it, for example in a line `{unrecorded[name]}`"
        )


def _never(when: Expression, check: Check) -> Iterator[str]:
    """A message for every comparison that never holds, whatever was found, in any way of the check."""
    from grader.course.idle_lines import decided_comparisons  # imported late, as above

    of_ways = [
        {decided.text for decided in decided_comparisons(when, way.VALUES) if not decided.holds} for way in check.ways()
    ]
    yield from sorted(set.intersection(*of_ways))


def _wrong_names(when: Expression, check: Check, by_id: Mapping[str, Check]) -> Iterator[str]:
    yield from unknown_names(when, check.known_names() | {FOUND}, check.instead_of())
    if len(check.ways()) == 1:
        yield from check.wrong_parts(when)
    parts = [way.PARTS for way in check.ways()]
    known = None if None in parts else frozenset().union(*(part for part in parts if part is not None))
    if len(parts) > 1:
        yield from unknown_parts(when, " or ".join(sorted({way.kind for way in check.ways()})), known)
    for asked in sorted((_checks_asked_for(when.text) if "passed" in when.functions else frozenset()) - by_id.keys()):
        yield f"there is no check `{asked}`{did_you_mean(asked, by_id)}"


@cache
def _checks_asked_for(when: str) -> frozenset[str]:
    # Expressions are valid Python, and their parser has made sure that the argument of `passed` is a string.
    calls = (node for node in ast.walk(ast.parse(when, mode="eval")) if isinstance(node, ast.Call))
    return frozenset(
        asked
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "passed"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(asked := argument.value, str)
    )

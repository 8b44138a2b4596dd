"""Finds names that a check declares and nothing uses: neither its own lines, nor its rubric, nor a later check."""

from __future__ import annotations

from collections.abc import Iterator

from grader.course.exercise import Exercise
from grader.course.rubric import Rubric
from grader.judging.checks.backward import BackwardCheck
from grader.judging.checks.base import Check
from grader.judging.checks.steps import StepsCheck
from grader.judging.checks.value import ValueCheck
from grader.judging.found_objects import reference_in
from grader.language.yaml_file import Loc


def find_unused_names(exercise: Exercise, rubric: Rubric) -> Iterator[tuple[Loc, str]]:
    """The place in the exercise, and a message, for every name that changes nothing."""
    followed = {
        (reference.check, reference.name)
        for check in exercise.checks
        for _, text in check.references()
        if (reference := reference_in(text)) is not None
    }
    for index, check in enumerate(exercise.checks):
        used = _used(check, rubric) | {name for followed_check, name in followed if followed_check == check.id}
        found: dict[Loc, str] = {}
        for number, way in enumerate(check.ways()):
            for field, name in _declared(way):
                if name not in used:
                    found[check.place_in_way(number, (field, name))] = _in_words(field, name, check)
        yield from ((("checks", index, *loc), text) for loc, text in found.items())


def _declared(check: Check) -> Iterator[tuple[str, str]]:
    """Names that mean something only where they are used. Those of a ``value`` check have to be there anyway."""
    if isinstance(check, BackwardCheck | StepsCheck):
        yield from (("names", name) for name in check.names)
    if isinstance(check, ValueCheck):
        yield from (("beside", name) for name in check.beside)


def _used(check: Check, rubric: Rubric) -> set[str]:
    used = {name for _, line in check.expressions() for name in line.names}
    used |= {way.through for way in check.ways() if way.through is not None}
    for way in check.ways():
        if isinstance(way, BackwardCheck | StepsCheck):
            # A role is matched by the names that are declared for it, also where no line reads it.
            used |= {*way.leaves, *((way.leaf,) if way.leaf is not None else ())}
    if check.id in rubric.checks:
        marked = rubric.checks[check.id]
        used |= {name for rule in (*marked.mistakes, *marked.remarks) for name in rule.when.names}
    return used


def _in_words(field: str, name: str, check: Check) -> str:
    if field == "beside":
        return f"no later check refers to `{check.id}.{name}`, which is all that `beside` is for; leave it out"
    return (
        f"nothing uses `{name}`: no line of this check or its rubric, not `leaf` or `through`, and no later check "
        f"`{check.id}.{name}`; leave it out"
    )

"""What the checks of a pack tell those who read its files: line by line, for the author to decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grader.course.course import Course
from grader.course.course_parts import RUBRICS
from grader.course.packed_checks import PackedExercise
from grader.course.packed_course import exercise_file
from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import NUMERIC, REFERENCE
from grader.language import yaml_file
from grader.language.expression import Expression
from grader.language.yaml_file import Loc
from grader.model.packed import Revealed

_MUST_HOLD = "what must be true of an answer"
_WHICH_COUNT = "which passes, values or results count"
_BY_FIELD = {
    "given": _WHICH_COUNT,
    "known-by": _WHICH_COUNT,
    "holds": _MUST_HOLD,
    "first": _MUST_HOLD,
    "every": _MUST_HOLD,
    "never": "what must not happen",
    "next": "how one pass leads to the next",
    "steps": "how many steps there are",
    "evidence": "what shows an attempt",
}
_GIVEN_ARGUMENTS = ("inputs", "arguments", "made-with", "methods")
MAX_TEXT = 200


def revealed(course: Course, exercise: PackedExercise) -> tuple[Revealed, ...]:
    """By checks, in their order."""
    path = exercise_file(course, exercise.item.exercise.id)
    document = yaml_file.load(path)
    numbers = {check.id: number for number, check in enumerate(exercise.item.exercise.checks)}
    found = []
    for check in exercise.checks:
        for field, loc, text, tells in (*_of_lines(check), *_of_arguments(check, document.data, numbers[check.id])):
            line = document.line_of(document.known(("checks", numbers[check.id], *loc)))
            found.append(
                Revealed(
                    check=check.id,
                    field=field,
                    text=text[:MAX_TEXT],
                    tells=tells,
                    path=course.layers.place_of(path),
                    line=line,
                )
            )
        mistakes, remarks = exercise.rules(check)
        rubric = course.layers.files(RUBRICS)[exercise.item.exercise.id]
        for field, rules in (("mistakes", mistakes), ("remarks", remarks)):
            for rule in rules:
                found.append(
                    Revealed(
                        check=check.id,
                        field=field,
                        text=rule.when.text[:MAX_TEXT],
                        tells="what shows a known mistake" if field == "mistakes" else "what a remark is made by",
                        path=course.layers.place_of(rubric),
                        line=_line_of_rule(rubric, check.id, field, rule.when.text),
                    )
                )
    return tuple(found)


def _of_lines(check: Check) -> Iterator[tuple[str, Loc, str, str]]:
    for number, way in enumerate(check.ways()):
        wanted = {observed.text: (observed, value) for observed, value in way.expect}
        for observed, value in wanted.values():
            loc = check.place_in_way(number, ("expect", observed.text))
            yield "expect", loc, f"{observed.text}: {value.text}", _wanted(observed, value)
        for loc, line in way.expressions():
            if loc[0] != "expect":
                field = str(loc[0])
                yield field, check.place_in_way(number, loc), line.text, _BY_FIELD.get(field, "what the check looks at")
        if getattr(way, "unlike", None) is not None:
            yield "unlike", check.place_in_way(number, ("unlike",)), "reference", _recorded("every function")


def _wanted(observed: Expression, value: Expression) -> str:
    what = _what(observed)
    if value.name == REFERENCE:
        return _recorded(what)
    if value.name == NUMERIC:
        return "nothing of the answer: the student's own function is differentiated"
    if not value.names and not value.functions:
        return f"the value of {what}"
    return f"{what} as a formula"


def _recorded(what: str) -> str:
    return f"the numbers that the reference has for {what}, in the recording, not how it comes to them"


def _what(observed: Expression) -> str:
    if observed.reads("gradient") or observed.reads("second"):
        return "the derivative" if "[" not in observed.text else f"the derivative `{observed.text}`"
    return f"`{observed.text}`"


def _of_arguments(check: Check, data: Mapping[str, Any], number: int) -> Iterator[tuple[str, Loc, str, str]]:
    """What functions and modules are called with: drawn from the seed of the pack."""
    written = data["checks"][number]
    ways = written.get("any-of") or ()
    places: list[tuple[Loc, Mapping[str, Any]]] = [((), written)]
    places += [(("any-of", index), way) for index, way in enumerate(ways)]
    for place, fields in places:
        for field in _GIVEN_ARGUMENTS:
            if field in fields:
                text = ", ".join(_short(entry) for entry in _listed(fields[field]))
                yield field, (*place, field), text, "what a student's function or module is called with"


def _listed(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _short(value: object) -> str:
    """An entry in YAML's flow style, as authors write it."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_short(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_short, value))}]"
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)


def _line_of_rule(path: Any, check: str, field: str, when: str) -> int | None:
    document = yaml_file.load(path)
    rules = document.data["checks"][check].get(field) or ()
    for number, rule in enumerate(rules):
        if str(rule.get("when")) == when:
            return document.line_of(("checks", check, field, number, "when"))
    return document.line_of(("checks", check, field))

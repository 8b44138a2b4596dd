"""Exercises: reads ``exercises/<id>.yaml`` into frozen models, or reports all its mistakes with their lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SerializeAsAny, ValidationInfo, field_validator

from grader.course.any_of import fields_of_ways, read_any_of
from grader.course.course_checks import CourseKinds
from grader.course.formulas import LET, Formulas, check_with
from grader.course.limits import LimitsEntry
from grader.errors import ExerciseError
from grader.judging.any_of import ANY_OF
from grader.judging.checks.base import Check
from grader.judging.found_objects import reference_in
from grader.judging.sections import ExerciseNames, questions_in
from grader.judging.sections.wordings import LONGEST_QUESTION
from grader.language import yaml_file
from grader.language.part_names import mistake_in
from grader.language.validation import SLUG, MistakeCollector, YamlModel, describe, validate
from grader.model import is_at_least_as_visible
from grader.runtime.protocol.name_paths import read_path
from grader.suggestions import closest, did_you_mean, did_you_mean_or_all

_IS_SOUND = "is_sound"
"""In the context of the validation: see ``load_exercise``."""


class Exercise(YamlModel):
    """What students are asked to do, and the checks that decide whether they did it."""

    id: str = Field(pattern=SLUG, max_length=64, description="The exercise's name: that of its file without `.yaml`.")
    title: str = Field(min_length=1, description="What it is called in a report.")
    statement: str = Field(min_length=1, description="What the student is asked, as Markdown.")
    headings: tuple[str, ...] = Field(
        default=(), description="Other texts by which a heading, a tag or a cell's title names this exercise."
    )
    asks: tuple[Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)], ...] = Field(
        default=(),
        description="Wordings of its question, in any language. A text that repeats one begins the exercise's section.",
    )
    attempt: Literal["evidence", "named"] = Field(
        default="evidence",
        description="When it counts as attempted if nobody asked for it: where some check's `evidence` proves it, "
        "wherever that is; or only where a heading, a tag or the file's name `named` it, since its code is part of "
        "other exercises.",
    )
    limits: LimitsEntry = Field(
        default_factory=LimitsEntry,
        description="Limits of a run that this exercise needs: `{time: 20 s, memory: 2 GB}`.",
    )
    let: Formulas = Field(
        default_factory=dict,
        description="Names for formulas that several lines need: `let: {hidden: relu(X @ W1 + b1)}`. Lines of all "
        "checks and of the rubric may use them, and formulas those that stand above them.",
    )
    checks: tuple[SerializeAsAny[Check], ...] = Field(description="What must hold, in the order of the report.")

    @cached_property
    def names(self) -> ExerciseNames:
        """The texts by which a part of a submission names this exercise, or repeats its question."""
        asks = (*self.asks, *questions_in(self.statement))
        return ExerciseNames(id=self.id, title=self.title, headings=self.headings, asks=asks)

    @field_validator("checks", mode="before", json_schema_input_type=list[dict[str, Any]])
    @classmethod
    def _read_checks(cls, value: object, info: ValidationInfo) -> tuple[Check, ...]:
        if not isinstance(value, tuple | list):
            raise ValueError(f"expected a list of checks, found {describe(value)}")
        if not value:
            raise ValueError("must not be empty: an exercise has one check or more")
        mistakes = MistakeCollector()
        read: dict[int, Check] = {}
        formulas = info.data.get(LET, {})
        for index, item in enumerate(value):
            with mistakes.at(index):
                read[index] = _read_check(check_with(formulas, item), info.context, tuple(read.values()))
        _check_references(value, mistakes)
        checks = {check.id: check for check in read.values()}
        read = {index: check.telling_parts(lambda text: _is_part(text, checks)) for index, check in read.items()}
        _check_found_objects(read, mistakes)
        if not (info.context or {}).get(_IS_SOUND):
            from grader.course.unproving_checks import find_unproving_checks  # imported late: mostly it is known

            for loc, text in find_unproving_checks(read):
                mistakes.add(loc, text)
        mistakes.raise_if_any()
        return tuple(read.values())


def _read_check(item: object, context: Any, earlier: Sequence[Check]) -> Check:
    """Reads a check with the model of its kind; ``context`` is that of the exercise's validation, and ``earlier`` are
    the checks above it.

    Raises ValidationError or ValueError.
    """
    if isinstance(item, Check):
        return item
    if not isinstance(item, Mapping):
        raise ValueError(f"expected a check, found {describe(item)}")
    if ANY_OF in item:
        return read_any_of(item, lambda way: _read_check(way, context, earlier))
    kind = item.get("kind")
    of_course: CourseKinds = (context or {}).get("kinds") or CourseKinds()
    model = of_course.find(kind) if isinstance(kind, str) else None
    if model is not None:
        item = _with_calls_of_earlier(item, earlier)
        return model.model_validate(item, context=context).building_on(earlier)
    kinds = of_course.all()
    known = f"known: {', '.join(sorted(kinds))}"
    if "kind" not in item:
        raise ValueError(f"`kind` is missing; {known}")
    mistakes = MistakeCollector()
    if isinstance(kind, str):
        mistakes.add(("kind",), f"unknown kind `{kind}`{did_you_mean_or_all(kind, kinds)}{of_course.hint}")
        meant = closest(kind, kinds)
        if meant:
            with mistakes.at():
                kinds[meant].model_validate({**item, "kind": meant}, context=context)
    else:
        mistakes.add(("kind",), f"expected a kind of check, found {describe(kind)}; {known}")
    raise mistakes.error()


def _with_calls_of_earlier(item: Mapping[str, Any], earlier: Sequence[Check]) -> Mapping[str, Any]:
    """A check for the function of an earlier one that says nothing of the calls, with the calls of that one."""
    if item.get("kind") != "function" or "inputs" in item or "arguments" in item:
        return item
    found = next((check for check in earlier if check.id == item.get("function")), None)
    for way in found.ways() if found is not None else ():
        if calls := way.calls_for_others():
            return {**calls, **item}
    return item


def _check_references(items: tuple[object, ...] | list[object], mistakes: MistakeCollector) -> None:
    """Finds duplicate ids, and ``after`` and ``through`` that refer to no check.

    It reads the raw data, so that these mistakes are reported also when checks have others.
    """
    fields = [item if isinstance(item, Mapping) else vars(item) if isinstance(item, Check) else {} for item in items]
    ids: list[object] = []
    for index, item in enumerate(fields):
        name = item.get("id")
        if name is not None and name in ids:
            mistakes.add((index, "id"), f"the id `{name}` is that of checks[{ids.index(name)}] already")
        earlier = [text for text in ids if isinstance(text, str)]
        all_ids = [other.get("id") for other in fields]
        later = [found for other in fields[index + 1 :] if (found := _found_function(other))]
        for fields_of_way, place in fields_of_ways(item):
            for field, text in _wrong_ids(fields_of_way, earlier, all_ids, later):
                mistakes.add_once((index, *place(field)), text)
        ids.append(name)


def _found_function(item: Mapping[str, Any]) -> str:
    """The id of a check that finds a function of another name; empty of others."""
    name, function = item.get("id"), item.get("function")
    names = function if isinstance(function, list | tuple) else (function,)
    return name if isinstance(name, str) and item.get("kind") == "function" and name not in names else ""


def _wrong_ids(
    item: Mapping[str, Any], earlier: list[str], all_ids: list[object], later: list[str]
) -> Iterator[tuple[str, str]]:
    """``after``, ``through`` and ``function`` of a check that refer to no check above it."""
    after, through = item.get("after"), item.get("through")
    if isinstance(after, str) and after not in earlier:
        if after in all_ids:
            yield "after", f"`{after}` must stand above this check: checks are judged in order"
        else:
            yield "after", f"there is no check `{after}`{did_you_mean(after, earlier)}"
    is_name = isinstance(through, str) and read_path(through) is not None
    if isinstance(through, str) and through not in earlier and not is_name and reference_in(through) is None:
        wrong = f"; {mistake_in(through)}" if set(through) & set(".[(") else ""
        hint = did_you_mean(through, earlier) or wrong
        yield "through", f"`{through}` is neither a name nor a check above{hint}"
    function = item.get("function")
    if isinstance(function, str) and function in later and "-" not in function:
        yield "function", f"`{function}` must stand above this check: checks are judged in order"
    if isinstance(function, str) and "-" in function and function not in earlier:
        if function in all_ids:
            yield "function", f"`{function}` must stand above this check: checks are judged in order"
        else:
            yield "function", f"`{function}` is neither a name nor a check above{did_you_mean(function, earlier)}"


def _is_part(text: str, checks: Mapping[str, Check]) -> bool:
    """Whether a text such as ``model.weight`` names a part of an object: no check has this id, or was meant."""
    reference = reference_in(text)
    if reference is None or reference.check in checks or read_path(text) is None:
        return False
    meant = checks.get(closest(reference.check, checks) or "")
    return meant is None or reference.name not in meant.binds()


def _check_found_objects(checks: Mapping[int, Check], mistakes: MistakeCollector) -> None:
    """Finds ``check.name`` that refers to no earlier check, or to a name of which that check finds no object."""
    ids = {check.id for check in checks.values()}
    earlier: dict[str, Check] = {}
    for index, check in checks.items():
        for loc, text in check.references():
            reference = reference_in(text)
            if reference is None:
                continue
            found = earlier.get(reference.check)
            if found is None and reference.check in ids:
                problem = f"`{reference.check}` must stand above this check: checks are judged in order"
                mistakes.add_once((index, *loc), problem)
            elif found is None:
                hint = did_you_mean(reference.check, earlier)
                mistakes.add_once((index, *loc), f"`{text}`: there is no check `{reference.check}`{hint}")
            elif reference.name not in found.binds():
                hint = did_you_mean_or_all(reference.name, found.binds()) if found.binds() else ""
                problem = f"`{text}`: the check `{reference.check}` finds no object `{reference.name}`{hint}"
                mistakes.add_once((index, *loc), problem)
            elif not is_at_least_as_visible(found.visibility, check.visibility):
                mistakes.add_once((index, *loc), _less_visible(found, check))
        for number, way in enumerate(check.ways()):
            for loc, problem in way.wrong_references():
                mistakes.add_once((index, *check.place_in_way(number, loc)), problem)
            for field, name in (("after", way.after), ("through", way.through)):
                found = earlier.get(name) if name is not None else None
                if found is not None and not is_at_least_as_visible(found.visibility, check.visibility):
                    mistakes.add_once((index, *check.place_in_way(number, (field,))), _less_visible(found, check))
            on = way.builds_on
            if on is not None and not is_at_least_as_visible(on.visibility, check.visibility):
                mistakes.add_once((index, *check.place_in_way(number, (way.kind,))), _less_visible(on, check))
        earlier[check.id] = check


def _less_visible(found: Check, check: Check) -> str:
    return (
        f"`{found.id}` is {found.visibility} and `{check.id}` {check.visibility}: what students see of this check "
        f"would tell how `{found.id}` ended. Build on a check that everybody sees who sees this one"
    )


def load_exercise(path: Path, kinds: CourseKinds | None = None, *, is_sound: bool = False) -> Exercise:
    """Reads an exercise. ``kinds``: those of checks that its course brings.

    ``is_sound``: it is known that no check proves nothing, so that is not looked for. Raises ExerciseError with all
    mistakes of the file.
    """
    document = yaml_file.load(path)
    exercise, mistakes = validate(Exercise, document, kinds=kinds, **{_IS_SOUND: is_sound})
    name = document.data.get("id")
    if isinstance(name, str) and name != path.stem:
        mistakes += (document.mistake(("id",), f"`{name}` must be the file's name, `{path.stem}`"),)
    if exercise is None or mistakes:
        raise ExerciseError(sorted(mistakes, key=lambda mistake: mistake.line or 0))
    return exercise

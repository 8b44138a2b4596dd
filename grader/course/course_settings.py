"""``course.yaml``: what is the course's own; the file is optional."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from grader.course.course_files import present, yaml_files
from grader.course.course_layers import EXTENDS, WITHOUT, Layers
from grader.course.course_parts import ASSIGNMENTS, COURSE_FILE, EXERCISES
from grader.errors import ExerciseError, Mistake
from grader.language import yaml_file
from grader.language.validation import SLUG, YamlModel, describe, validate
from grader.language.yaml_file import Document, shown
from grader.suggestions import did_you_mean_or_all


def _listed(extends: object) -> object:
    if extends is None:
        return ()
    if extends in ("", ()):
        raise ValueError(f"must not be empty; found {describe(extends)}")
    if isinstance(extends, str):
        return (extends,)
    if not isinstance(extends, tuple):
        raise ValueError(f"expected a text or a list, found {describe(extends)}")
    return extends


def _checked(name: str) -> str:
    """Raises ValueError where no id of an exercise follows the name of a course."""
    exercise = name.rpartition("/")[2]
    if not re.fullmatch(SLUG, exercise):
        raise ValueError(f"`{exercise}` must be made of small letters, digits and single dashes, such as `second-part`")
    return name


class CourseSettings(YamlModel):
    """What is the course's own."""

    id: str = Field(default="", pattern=SLUG, max_length=64, description="The course's name in small letters.")
    title: str = Field(default="", description="What the course is called.")
    default: str | None = Field(
        default=None, pattern=SLUG, description="The assignment that is graded where nothing names another."
    )
    extends: Annotated[
        tuple[Annotated[str, Field(min_length=1)], ...],
        BeforeValidator(_listed, json_schema_input_type=str | tuple[str, ...] | None),
    ] = Field(
        default=(),
        description="The course that this one builds on, or a list of them: folders, seen from this file, or names of "
        "courses that come with the grader, such as `built-in`. What is in several of them is taken from the first.",
    )
    without: tuple[Annotated[str, AfterValidator(_checked)], ...] = Field(
        default=(),
        description="The exercises of these courses which this one leaves out: `softmax`, or of one course only "
        "`../winter-2025/softmax`.",
    )


def load_course_settings(root: Path, layers: Layers) -> CourseSettings:
    """Reads ``course.yaml``; the defaults if there is none. ``layers``: the course in ``root`` with its bases.

    Raises ExerciseError with all mistakes of the file.
    """
    path = present(root / COURSE_FILE)
    if not path.exists():
        return CourseSettings()
    document = yaml_file.load(path)
    settings, mistakes = validate(CourseSettings, document)
    default, assignments = document.data.get("default"), layers.files(ASSIGNMENTS)
    if isinstance(default, str) and default not in assignments:
        known = did_you_mean_or_all(default, assignments) if assignments else "; the course has no assignments"
        mistakes += (document.mistake(("default",), f"there is no assignment `{default}`{known}"),)
    mistakes += (*_wrong_without(document, layers), *_claimed_twice(document, layers))
    if settings is None or mistakes:
        raise ExerciseError(sorted(set(mistakes), key=lambda mistake: mistake.line or 0))
    return settings


def _wrong_without(document: Document, layers: Layers) -> Iterator[Mistake]:
    """Exercises that are left out and are not there, or are the course's own."""
    names = document.data.get(WITHOUT)
    if not isinstance(names, tuple):
        return
    if not document.data.get(EXTENDS):
        yield document.mistake((WITHOUT,), f"nothing is left out without `{EXTENDS}`; delete it")
        return
    stacks = (layers.below(position) for position in layers.positions_of_bases(0))
    bases = {base.name: stack for base, stack in zip(layers.layers[0].bases, stacks, strict=True)}
    own = {path.stem for path in yaml_files(layers.roots[0] / EXERCISES)}
    for index, name in enumerate(names):
        if not isinstance(name, str) or not bases:
            continue
        of, _, exercise = name.rpartition("/")
        if of and of not in bases:
            yield document.mistake((WITHOUT, index), f"`{of}` is not in `{EXTENDS}`{did_you_mean_or_all(of, bases)}")
            continue
        among = [bases[of]] if of else list(bases.values())
        known = {other for stack in among for other in stack.exercises}
        if exercise in own:
            text = "is an exercise of this course itself, and takes the place of the other one; delete this"
            yield document.mistake((WITHOUT, index), f"`{exercise}` {text}")
        elif exercise not in known:
            where = " or ".join(str(stack.roots[0]) for stack in among)
            hint = did_you_mean_or_all(exercise, known)
            yield document.mistake((WITHOUT, index), f"there is no exercise `{exercise}` in {where}{hint}")


def _claimed_twice(document: Document, layers: Layers) -> Iterator[Mistake]:
    """Exercises with one id that come from two bases of this course. Those of one base are said of that base."""
    bases = layers.positions_of_bases(0)
    for exercise, (first, second) in layers.claimed_twice.items():
        if any(layers.builds_on(base, first) and layers.builds_on(base, second) for base in bases):
            continue
        index = next(index for index, base in enumerate(bases) if layers.builds_on(base, second))
        name = layers.layers[0].bases[index].name
        text = (
            f"`{exercise}` is an exercise of {shown(layers.roots[first])} and another one of "
            f"{shown(layers.roots[second])}; leave one of them out, such as by `{WITHOUT}: [{name}/{exercise}]`, or "
            f"have an `{exercise}` of this course's own"
        )
        yield document.mistake((EXTENDS, index), text)

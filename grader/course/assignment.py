"""Assignments: reads ``assignments/<id>.yaml`` of a course, which say what a sheet of exercises asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import Field, field_validator

from grader.course.data_folder import what_is_wrong_with_data
from grader.course.limits import LimitsEntry
from grader.errors import ExerciseError, Mistake
from grader.language import quantities, yaml_file
from grader.language.validation import SLUG, MistakeCollector, YamlModel, describe, validate
from grader.language.yaml_file import Document, Loc
from grader.model import AssignedExercise, Assignment, LatePolicy
from grader.submission.file_names import SUFFIXES, suffix_of
from grader.suggestions import did_you_mean_or_all

MAX_SEED = 2**32 - 1


class AssignedEntry(YamlModel):
    """An entry of ``exercises``."""

    exercise: str = Field(pattern=SLUG, description="The id of an exercise of the course.")
    number: tuple[str, ...] = Field(
        default=(), description="The number on the sheet, such as `2` or `1.3`; a list where editions differ."
    )
    points: float | None = Field(
        default=None, gt=0, le=1e6, allow_inf_nan=False, description="What it is worth in all; its checks are scaled."
    )
    bonus: bool = Field(default=False, description="Its points are added to the score and not to the maximum.")
    limits: LimitsEntry = Field(default_factory=LimitsEntry, description="Limits of a run that this exercise needs.")

    @field_validator("number", mode="before", json_schema_input_type=str | int | float | list[str | int | float])
    @classmethod
    def _texts(cls, value: object) -> tuple[str, ...]:
        items = tuple(value) if isinstance(value, tuple | list) else (value,)
        if not items:
            raise ValueError("must not be empty; leave it out where the sheet gives no number")
        for item in items:
            if isinstance(item, bool) or not isinstance(item, int | float | str) or not str(item).strip():
                raise ValueError(f"expected a number such as `2` or `1.3`, or a list, found {describe(item)}")
        return tuple(str(item).strip() for item in items)


class LateEntry(YamlModel):
    """``late``: what a late hand-in costs."""

    penalty: float = Field(description="The share of the assignment's points that is taken away, such as `10 %`.")
    per: timedelta = Field(default=timedelta(days=1), description="For each begun `hour`, `day`, `week` or `12 hours`.")
    until: timedelta | None = Field(default=None, description="After this time nothing is given, such as `3 days`.")

    @field_validator("penalty", mode="plain", json_schema_input_type=str)
    @classmethod
    def _share(cls, value: object) -> float:
        return quantities.read_share(value)

    @field_validator("per", mode="plain", json_schema_input_type=str)
    @classmethod
    def _period(cls, value: object) -> timedelta:
        return _positive(quantities.read_period(value))

    @field_validator("until", mode="plain", json_schema_input_type=str)
    @classmethod
    def _duration(cls, value: object) -> timedelta:
        return _positive(quantities.read_duration(value))


class AssignmentFile(YamlModel):
    """What a sheet of exercises asks for, and by which rules it is marked."""

    id: str = Field(pattern=SLUG, max_length=64, description="Its name: that of its file without `.yaml`.")
    title: str = Field(min_length=1, description="What it is called in a report.")
    exercises: tuple[AssignedEntry, ...] = Field(description="The exercises in the sheet's order; an id is enough.")
    due: datetime | None = Field(
        default=None, description="When it is due, with its zone: `2026-12-04 23:59 Europe/Berlin`."
    )
    late: LateEntry | None = Field(default=None, description="What a late hand-in costs; without it, nothing.")
    files: tuple[str, ...] = Field(
        default=(), description='Which of the files handed in are graded, as patterns such as `"*.ipynb"`.'
    )
    data: str | None = Field(
        default=None, description="A folder of the course; its files lie in the working folder, read-only."
    )
    handout: tuple[str, ...] = Field(
        default=(), description="The notebook or script that students were given, or a list of them."
    )
    limits: LimitsEntry = Field(
        default_factory=LimitsEntry, description="Limits of a run: `{time: 20 s, memory: 2 GB}`."
    )
    max_files: int | None = Field(
        default=None, alias="max-files", ge=1, le=1000, description="How many files of one student are graded."
    )
    seed: int | None = Field(default=None, ge=0, le=MAX_SEED, description="The seed of `grade batch`.")

    @field_validator("exercises", mode="before", json_schema_input_type=list[str | dict[str, Any]])
    @classmethod
    def _read_exercises(cls, value: object) -> tuple[AssignedEntry, ...]:
        if not isinstance(value, tuple | list):
            raise ValueError(f"expected a list of exercises, found {describe(value)}")
        if not value:
            raise ValueError("must not be empty: an assignment has one exercise or more")
        mistakes = MistakeCollector()
        read = []
        for index, item in enumerate(value):
            with mistakes.at(index):
                read.append(_read_entry(item))
        for index, text in _duplicates(value):
            mistakes.add((index,), text)
        mistakes.raise_if_any()
        return tuple(read)

    @field_validator("due", mode="plain", json_schema_input_type=str)
    @classmethod
    def _moment(cls, value: object) -> datetime:
        return quantities.read_moment(value)

    @field_validator("files", "handout", mode="before", json_schema_input_type=str | list[str])
    @classmethod
    def _one_or_several(cls, value: object) -> tuple[object, ...]:
        items = tuple(value) if isinstance(value, tuple | list) else (value,)
        if not items:
            raise ValueError("must not be empty; leave it out for the default")
        if any(not isinstance(item, str) or not item.strip() for item in items):
            raise ValueError(f"expected a text, or a list of texts, found {describe(value)}")
        return items


def load_assignment(path: Path, totals: Mapping[str, float], roots: Sequence[Path] = ()) -> Assignment:
    """Reads an assignment. ``totals``: what the rubric of each exercise of the course is worth in all, by its id.
    ``roots``: the folders of the course and of its bases.

    Raises ExerciseError with all mistakes of the file.
    """
    document = _with_numbers_as_written(yaml_file.load(path))
    read, mistakes = validate(AssignmentFile, document)
    root = path.absolute().parent.parent
    mistakes += tuple(_wrong_references(document, path, (root, *roots), totals))
    if read is None or mistakes:
        raise ExerciseError(sorted(dict.fromkeys(mistakes), key=lambda mistake: mistake.line or 0))
    return Assignment(
        id=read.id,
        title=read.title,
        exercises=tuple(
            AssignedExercise(
                id=entry.exercise,
                numbers=entry.number,
                points=entry.points,
                bonus=entry.bonus,
                limits=entry.limits.given(),
            )
            for entry in read.exercises
        ),
        due=read.due,
        late=None
        if read.late is None
        else LatePolicy(penalty=read.late.penalty, per=read.late.per, until=read.late.until),
        files=read.files,
        data=None if read.data is None else root / read.data,
        handout=tuple(root / name for name in read.handout),
        limits=read.limits.given(),
        max_files=read.max_files,
        seed=read.seed,
    )


def asked_for(path: Path) -> frozenset[str]:
    """The ids of all exercises that an assignment's file asks for, also of those that the course leaves out."""
    listed = yaml_file.load(path).data.get("exercises")
    entries = map(_fields, listed if isinstance(listed, tuple) else ())
    return frozenset(str(entry.get("exercise")) for entry in entries)


def _with_numbers_as_written(document: Document) -> Document:
    """The document with the numbers of exercises as texts: in YAML, 1.10 is a number and equal to 1.1."""
    listed = document.data.get("exercises")
    if not isinstance(listed, tuple):
        return document
    entries = [_as_written(document, index, entry) for index, entry in enumerate(listed)]
    return replace(document, data={**document.data, "exercises": tuple(entries)})


def _as_written(document: Document, index: int, entry: object) -> object:
    if not isinstance(entry, dict) or "number" not in entry:
        return entry
    loc: Loc = ("exercises", index, "number")
    number = entry["number"]
    if isinstance(number, tuple):
        texts = tuple(document.text_of((*loc, position)) or item for position, item in enumerate(number))
        return {**entry, "number": texts}
    return {**entry, "number": document.text_of(loc) or number}


def _read_entry(item: object) -> AssignedEntry:
    if isinstance(item, str):
        item = {"exercise": item}
    return AssignedEntry.model_validate(item)


def _fields(item: object) -> Mapping[str, Any]:
    """An entry as it stands in the file, in its long form; empty if it is neither form."""
    if isinstance(item, str):
        return {"exercise": item}
    return item if isinstance(item, Mapping) else {}


def _duplicates(items: tuple[object, ...] | list[object]) -> Iterator[tuple[int, str]]:
    """Exercises that are listed twice, and exercises with one and the same number.

    A number may be in the lists of several exercises, because editions of a sheet differ.
    """
    ids: dict[str, int] = {}
    numbers: dict[str, str] = {}
    for index, item in enumerate(items):
        fields = _fields(item)
        name, number = fields.get("exercise"), fields.get("number")
        if not isinstance(name, str):
            continue
        if name in ids:
            yield index, f"`{name}` is exercises[{ids[name]}] already"
            continue
        ids[name] = index
        if isinstance(number, tuple | list):
            number = number[0] if len(number) == 1 else None
        if number is None:
            continue
        if str(number) in numbers:
            yield index, f"the number {number} is that of `{numbers[str(number)]}` already"
        numbers.setdefault(str(number), name)


def _wrong_references(
    document: Document, path: Path, roots: Sequence[Path], totals: Mapping[str, float]
) -> Iterator[Mistake]:
    """What does not fit the rest of the course. It reads the raw data, so that these mistakes are reported also when
    the file has others.
    """
    data = document.data
    name = data.get("id")
    if isinstance(name, str) and name != path.stem:
        yield document.mistake(("id",), f"`{name}` must be the file's name, `{path.stem}`")
    listed = data.get("exercises")
    for index, item in enumerate(listed) if isinstance(listed, tuple | list) else ():
        fields = _fields(item)
        exercise = fields.get("exercise")
        if not isinstance(exercise, str):
            continue
        if exercise not in totals:
            known = did_you_mean_or_all(exercise, totals)
            yield document.mistake(("exercises", index), f"there is no exercise `{exercise}` in this course{known}")
        elif fields.get("points") is not None and not totals[exercise]:
            text = f"the rubric of `{exercise}` gives no points, so they cannot be scaled"
            yield document.mistake(("exercises", index, "points"), text)
    if "late" in data and data["late"] is not None and "due" not in data:
        yield document.mistake(("late",), "nothing is late without `due`; add it")
    folder = data.get("data")
    if isinstance(folder, str) and (wrong := what_is_wrong_with_data(roots[0], folder, roots)) is not None:
        yield document.mistake(("data",), wrong)
    yield from _wrong_handout(document, roots[0])


def _wrong_handout(document: Document, root: Path) -> Iterator[Mistake]:
    """Files of the handout that are missing, outside of the course, or in no format that students are given."""
    value = document.data.get("handout")
    names: dict[Loc, object] = {("handout",): value}
    if isinstance(value, tuple | list):
        names = {("handout", index): name for index, name in enumerate(value)}
    for loc, name in names.items():
        if not isinstance(name, str) or not name.strip():
            continue
        pure, target = PurePosixPath(name), root / name
        if pure.is_absolute() or ".." in pure.parts:
            yield document.mistake(loc, f"`{name}` must be below the course's folder")
        elif not target.is_file():
            yield document.mistake(loc, f"there is no file `{name}` in the course's folder")
        elif suffix_of(name) not in SUFFIXES:
            yield document.mistake(loc, f"`{name}` is no notebook (.ipynb), script (.py) or notes (.md, .qmd, .Rmd)")


def _positive(duration: timedelta) -> timedelta:
    if not duration:
        raise ValueError("must be longer than nothing")
    return duration

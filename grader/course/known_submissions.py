"""Known submissions: reads ``solutions/mistakes/<id>/verdicts.yaml``, which says what each of them must get."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from pydantic import Field, ValidationError, field_validator

from grader.course.exercise import Exercise
from grader.errors import ExerciseError, Mistake
from grader.language import yaml_file
from grader.language.validation import MistakeCollector, YamlModel, describe, in_words
from grader.language.yaml_file import Document
from grader.model import CheckStatus, ExerciseStatus
from grader.suggestions import did_you_mean, did_you_mean_or_all

MISTAKES = "mistakes"
"""The folder of known submissions, in that of the reference solutions; it has a folder for each exercise."""
VERDICTS = "verdicts.yaml"
SUBMISSION_SUFFIXES = (".py", ".ipynb")
_STATUSES: tuple[str, ...] = get_args(CheckStatus)


class Expected(YamlModel):
    """What a known submission must get."""

    about: str = Field(min_length=1, description="What is wrong in it, or what is unusual, in a sentence.")
    verdicts: Mapping[str, CheckStatus] = Field(
        description="The verdict on every check of the exercise: `passed`, `failed`, `manual` (for a person), "
        "`skipped` (what it `needs` has not passed) or `error`.",
    )
    score: float | None = Field(default=None, ge=0, allow_inf_nan=False, description="The points that it must get.")
    says: str = Field(
        default="", description="A text that must stand in the message, the hint or a remark of some check."
    )
    status: ExerciseStatus = Field(
        default="graded", description="What the exercise must be: `graded`, `not_attempted` or `error`."
    )
    besides: tuple[str, ...] = Field(
        default=(),
        description="The ids of other exercises that it also counts as an attempt at, where nothing names the exercise "
        "that it is about.",
    )

    @field_validator("verdicts", mode="before", json_schema_input_type=dict[str, CheckStatus])
    @classmethod
    def _known_statuses(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            raise ValueError(f"expected lines such as `slope: failed`, found {describe(value)}")
        mistakes = MistakeCollector()
        for check, status in value.items():
            if status not in _STATUSES:
                if isinstance(status, str):
                    mistakes.add((check,), f"unknown verdict `{status}`{did_you_mean_or_all(status, _STATUSES)}")
                else:
                    mistakes.add((check,), f"expected a verdict such as `failed`, found {describe(status)}")
        mistakes.raise_if_any()
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSubmission:
    """A submission of which it is known what it must get."""

    path: Path
    expected: Expected
    said_in: Path = Path()
    """The ``verdicts.yaml`` that says so."""
    lines: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    """The lines of ``verdicts.yaml``, by the fields of ``Expected``; ``()`` for the whole entry."""

    def line_of(self, *loc: str) -> int | None:
        """The line of a field, such as ``("verdicts", "slope")``, or of what encloses it."""
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return self.lines.get(loc)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFolder:
    """A folder of an exercise's known submissions, of the course itself or of one that it builds on."""

    path: Path
    other_exercise: bool = False
    """The exercise's own file is that of a course above this one."""
    other_rubric: bool = False
    """Its rubric is that of a course above this one."""


def load_known_submissions(folders: Sequence[KnownFolder], exercise: Exercise) -> tuple[KnownSubmission, ...]:
    """The known submissions of an exercise; none where no folder has a ``verdicts.yaml``. Raises ExerciseError with all
    mistakes of the files.

    A course may have a submission of its own in the place of a base's, or say in its own ``verdicts.yaml`` what a
    base's must get. Where a rubric takes the place of a base's, what that base says of points and words does not hold.
    Where an exercise does, the base's known submissions count only if the checks are the same.
    """
    known, mistakes = _read(folders, [check.id for check in exercise.checks])
    if mistakes:
        raise ExerciseError(mistakes)
    return tuple(known.values())


def sound_known_submissions(folders: Sequence[KnownFolder], exercise: Exercise) -> tuple[KnownSubmission, ...]:
    """The known submissions whose entries have no mistakes."""
    return tuple(_read(folders, [check.id for check in exercise.checks])[0].values())


def find_wrong_known(
    folders: Sequence[KnownFolder], exercise: str, checks: Sequence[str], exercises: Collection[str]
) -> Sequence[Mistake]:
    """All mistakes in what is said of an exercise's known submissions, also where the exercise has mistakes itself.

    ``exercise``: its id. ``checks``: the ids of its checks; empty where they cannot be read, and are not compared then.
    ``exercises``: the ids of all exercises of the course.
    """
    return _read(folders, checks, _Besides(own=exercise, exercises=exercises))[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Besides:
    """What ``besides`` may name: the exercises of the course but the ``own`` one."""

    own: str
    exercises: Collection[str]

    def mistakes(self, document: Document, name: str, entry: Mapping[str, Any]) -> Iterator[Mistake]:
        others = entry.get("besides")
        for position, other in enumerate(others if isinstance(others, tuple) else ()):
            if not isinstance(other, str) or (other in self.exercises and other != self.own):
                continue
            yield document.mistake(
                (name, "besides", position),
                f"`{other}` is the exercise's own id; `besides` has the ids of other exercises"
                if other == self.own
                else f"there is no exercise `{other}` in this course{did_you_mean(other, self.exercises)}",
            )


def _read(
    folders: Sequence[KnownFolder], checks: Sequence[str], besides: _Besides | None = None
) -> tuple[Mapping[str, KnownSubmission], Sequence[Mistake]]:
    known: dict[str, KnownSubmission] = {}
    mistakes: list[Mistake] = []
    for position, folder in enumerate(folders):
        below = [other.path for other in folders[position + 1 :]]
        if folder.other_exercise and not _has_same_checks(folder.path, checks):
            continue
        try:
            found, wrong = _read_folder(folder.path, below, checks, besides, replaced=known.keys())
        except ExerciseError as error:  # it is no YAML
            mistakes += error.mistakes
            continue
        mistakes += wrong
        for name, one in found.items():
            expected = one.expected
            if folder.other_rubric:
                expected = expected.model_copy(update={"score": None, "says": ""})
            path = next((above.path / name for above in folders[:position] if (above.path / name).is_file()), one.path)
            known.setdefault(name, replace(one, path=path, expected=expected))
    return known, mistakes


def _has_same_checks(folder: Path, checks: Sequence[str]) -> bool:
    """Whether all entries of a ``verdicts.yaml`` are about checks with the ids of this exercise's."""
    try:
        entries = yaml_file.load(folder / VERDICTS).data.values() if (folder / VERDICTS).exists() else ()
    except ExerciseError:
        return True  # then its mistakes are reported
    verdicts = [entry.get("verdicts") for entry in entries if isinstance(entry, Mapping)]
    return all(isinstance(one, Mapping) and one.keys() == set(checks) for one in verdicts)


def _read_folder(
    folder: Path,
    below: Sequence[Path],
    checks: Sequence[str],
    besides: _Besides | None,
    *,
    replaced: Collection[str],
) -> tuple[Mapping[str, KnownSubmission], Sequence[Mistake]]:
    """The submissions that a ``verdicts.yaml`` is about, which lie in its folder or ``below``. ``replaced``: those that
    a folder above speaks of.
    """
    submissions = _submissions(folder)
    if not (folder / VERDICTS).exists():
        unknown = [name for name in submissions if not any((base / name).is_file() for base in below)]
        if unknown:
            text = f"is missing; it says what {' and '.join(f'`{name}`' for name in unknown[:3])} must get"
            return {}, [Mistake(path=yaml_file.shown(folder / VERDICTS), line=None, text=text)]
        return {}, []
    document = yaml_file.load(folder / VERDICTS)
    known: dict[str, KnownSubmission] = {}
    mistakes: list[Mistake] = []
    places = (folder, *below)
    for name, entry in document.data.items():
        if name in replaced:
            continue
        try:
            expected = Expected.model_validate(entry)
        except ValidationError as error:
            mistakes += (document.mistake((name, *loc), text) for loc, text in in_words(error))
        else:
            path = next((place / name for place in places if (place / name).is_file()), folder / name)
            lines = _lines(document, name, expected)
            known[name] = KnownSubmission(path=path, expected=expected, said_in=folder / VERDICTS, lines=lines)
    for name, mistake in _mismatches(document, places, checks, replaced):
        known.pop(name, None)
        mistakes.append(mistake)
    if besides is not None:
        for name, entry in document.data.items():
            if name not in replaced and isinstance(entry, Mapping):
                mistakes += besides.mistakes(document, name, entry)
    # A misspelt name is said as such already, and is that of the file that would be missing.
    if all(any((place / name).is_file() for place in places) for name in document.data):
        mistakes += _left_out(document, folder, below, replaced)
    return known, sorted(mistakes, key=lambda mistake: mistake.line or 0)


def _lines(document: Document, name: str, expected: Expected) -> Mapping[tuple[str, ...], int]:
    locs = [(), *((field,) for field in Expected.model_fields), *(("verdicts", check) for check in expected.verdicts)]
    return {loc: line for loc in locs if (line := document.line_of((name, *loc))) is not None}


def _left_out(document: Document, folder: Path, below: Sequence[Path], replaced: Collection[str]) -> Iterator[Mistake]:
    for name in _submissions(folder):
        is_known = name in document.data or name in replaced or any((base / name).is_file() for base in below)
        if not is_known:
            text = f"is not in {yaml_file.shown(folder / VERDICTS)}, which says what each known submission must get"
            yield Mistake(path=yaml_file.shown(folder / name), line=None, text=text)


def _submissions(folder: Path) -> list[str]:
    """The names of the submissions that lie in a folder."""
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.suffix in SUBMISSION_SUFFIXES)


def _mismatches(
    document: Document, places: Sequence[Path], checks: Sequence[str], replaced: Collection[str]
) -> Iterator[tuple[str, Mistake]]:
    """Files that are not there, and checks that only the exercise or only an entry names; each with the entry's name.

    It reads the raw data, so that these mistakes are reported also where an entry has others.
    """
    files = [name for place in places for name in _submissions(place)]
    for name, entry in document.data.items():
        if name in replaced:
            continue
        if not any((place / name).is_file() for place in places):
            where = " or ".join(str(yaml_file.shown(place)) for place in places if place == places[0] or place.is_dir())
            yield name, document.mistake((name,), f"there is no such file in {where}{did_you_mean(name, files)}")
        if not checks:
            continue  # the exercise itself has mistakes
        verdicts: Any = entry.get("verdicts") if isinstance(entry, Mapping) else None
        if not isinstance(verdicts, Mapping):
            continue
        for check in verdicts:
            if check not in checks:
                hint = did_you_mean_or_all(check, checks)
                yield name, document.mistake((name, "verdicts", check), f"the exercise has no check `{check}`{hint}")
        for missing in checks:
            if missing not in verdicts:
                text = f"the verdict on `{missing}` is missing; say what each check of the exercise must get"
                yield name, document.mistake((name, "verdicts"), text)

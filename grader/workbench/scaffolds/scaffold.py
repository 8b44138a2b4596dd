"""The scaffold of a kind of check: an exercise in pieces, as it lies in ``files/<kind>/``.

scaffold.yaml            its title, what the kind looks at, and the known wrong submission
statement.md             what students are asked
checks.yaml              its checks, as a list with comments that teach
rubric.yaml              their entries of the rubric, likewise
reference.py.template    the reference solution: imports first, then code
known.py.template        the same with a mistake
    mutants.yaml             changes of the solution that may get full marks; optional
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from grader.course.course_checks import CourseKinds
from grader.course.explained_mutants import MUTANTS
from grader.errors import CourseError, UsageError, reason_of
from grader.judging import check_kinds
from grader.judging.checks.base import Check
from grader.language.validation import YamlModel
from grader.suggestions import did_you_mean_or_all
from grader.workbench.scaffolds.bare_scaffold import bare_checks, bare_rubric

FILES = Path(__file__).resolve().parent / "files"
KINDS = ("backward", "function", "module", "steps", "value", "plot", "raises", "uses", "output", "answer")
"""The built-in kinds in the order of docs/kinds/README.md: what happened proves more than what is written."""

NO_KINDS = CourseKinds()
"""Those of a course that brings none."""


class KnownPiece(YamlModel):
    """The known wrong submission of a scaffold."""

    name: str
    about: str
    verdicts: Mapping[str, Literal["passed", "failed", "manual", "skipped"]]
    share: float = Field(default=0.0, description="The share of the points of a failed check that is given.")
    says: str = ""


class _About(YamlModel):
    """``scaffold.yaml``."""

    looks_at: str = Field(alias="looks-at")
    title: str
    known: KnownPiece


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaffold:
    """An exercise of one kind in pieces."""

    kind: str
    title: str
    statement: str
    checks: str
    rubric: str
    reference: str
    known: KnownPiece | None = None
    """None: the scaffold is bare, and has neither a solution nor a known submission."""
    known_code: str = ""
    mutants: str = ""
    """Which changes of the reference may get full marks, and why; empty: none may."""

    @property
    def points(self) -> Mapping[str, float]:
        """The points of each check."""
        return {check: entry["points"] for check, entry in yaml.safe_load(self.rubric).items()}


def scaffold_of(kind: str, known: CourseKinds = NO_KINDS) -> Scaffold:
    """The scaffold of a kind. ``known``: the kinds of the course.

    Raises UsageError for an unknown kind, CourseError for one that cannot be used.
    """
    model = known.find(kind)
    if model is None:
        hint = f"{did_you_mean_or_all(kind, known.all())}{known.hint}"
        raise UsageError(f"There is no kind of check `{kind}`{hint}.")
    folder = FILES / kind if kind in check_kinds.built_in() else model.SCAFFOLD
    return _bare(kind, model) if folder is None else _read(kind, Path(folder))


def first_scaffold() -> Scaffold:
    """The scaffold of a new course's first exercise: another one than that of its kind, since solutions of two equal
    exercises would count as attempts at both.
    """
    return _read("backward", FILES / "first")


def looks_at(kind: str, known: CourseKinds = NO_KINDS) -> str:
    """What a kind looks at, in a line."""
    model = known.all()[kind]
    folder = FILES / kind if kind in check_kinds.built_in() else model.SCAFFOLD
    if folder is not None:
        return _about(Path(folder)).looks_at
    return (model.__doc__ or "a kind of an installed package").strip().splitlines()[0].rstrip(".")


def all_kinds(known: CourseKinds = NO_KINDS) -> tuple[str, ...]:
    """The kinds that can be asked for, those that prove most first, and those of installed packages last."""
    return (*KINDS, *sorted(known.all().keys() - set(KINDS)))


@cache
def _about(folder: Path) -> _About:
    return _About.model_validate(yaml.safe_load(_text(folder / "scaffold.yaml")))


def _read(kind: str, folder: Path) -> Scaffold:
    about = _about(folder)
    return Scaffold(
        kind=kind,
        title=about.title,
        statement=_text(folder / "statement.md"),
        checks=_text(folder / "checks.yaml"),
        rubric=_text(folder / "rubric.yaml"),
        reference=_text(folder / "reference.py.template"),
        known=about.known,
        known_code=_text(folder / "known.py.template"),
        mutants=_text(folder / MUTANTS) if (folder / MUTANTS).is_file() else "",
    )


def _bare(kind: str, model: type[Check]) -> Scaffold:
    return Scaffold(
        kind=kind,
        title=f"An exercise of kind {kind}",
        statement="Say here what students are asked.\n",
        checks=bare_checks(kind, model),
        rubric=bare_rubric(kind),
        reference="# Write the reference solution here: code that passes every check of the exercise.\n",
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} of a scaffold cannot be read: {reason_of(error)}") from None

"""Writes a new exercise, a copy of one, or a new course, and says what to do next."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grader.course.course import Course
from grader.course.course_checks import CourseKinds
from grader.course.course_files import SUFFIXES, yaml_files
from grader.course.course_folder import is_course, name_of
from grader.course.course_layers import base_of, layers_of
from grader.course.course_parts import ASSIGNMENTS, EXERCISES, RUBRICS, SOLUTIONS
from grader.course.known_submissions import MISTAKES, SUBMISSION_SUFFIXES
from grader.course.starters import STARTERS
from grader.course.starters import SUFFIX as STARTER_SUFFIX
from grader.errors import UsageError
from grader.language.validation import SLUG
from grader.model import NextStep, WrittenFiles
from grader.workbench.copied_exercise import copied_exercise
from grader.workbench.new_files import NewFile, write_new
from grader.workbench.scaffolds.course_files import FIRST_EXERCISE, FIRST_SHEET, MAY_BE_THERE, course_files
from grader.workbench.scaffolds.exercise_files import exercise_files
from grader.workbench.scaffolds.scaffold import NO_KINDS, Scaffold, first_scaffold, scaffold_of

MAX_ID = 64
_WANTS_REFERENCE = re.compile(r"^[^#\n]*\breference\b", re.MULTILINE)
"""A line of an exercise, and no comment, that names the word by which a check compares with the reference."""


def write_exercise(
    root: Path, id: str, kinds: Sequence[str], title: str, *, known: CourseKinds, option: str
) -> WrittenFiles:
    """Write a new exercise with a check, or two, of each kind into the course in the folder ``root``.

    ``known``: the kinds that the course brings. ``option``: how to name this course in a command, such as
    ``--course cs101``; empty if it is found without.
    Raises UsageError: then nothing was written.
    """
    refuse_id(root, id)
    scaffolds = _scaffolds(kinds, known)
    files = exercise_files(id, " ".join(title.split()), scaffolds)
    remarks = list(_in_the_place_of(root, id))
    write_new(root, files)
    bare = [scaffold.kind for scaffold in scaffolds if scaffold.known is None]
    if bare:
        remarks.append(_bare_in_words(bare))
    return WrittenFiles(
        title=f"New exercise {id} in the course {_shown(root)}",
        files=tuple(new.file for new in files),
        remarks=tuple(remarks),
        next_steps=_steps(id, f"{SOLUTIONS}/{id}.py", kinds, option=option, root=root),
    )


def copy_exercise(root: Path, id: str, source: Course, old: str, title: str, *, option: str) -> WrittenFiles:
    """Copy an exercise of the course ``source`` as ``id``. Raises UsageError and CourseError."""
    refuse_id(root, id)
    files = copied_exercise(source, root, old, id, " ".join(title.split()))
    replaces = tuple(_in_the_place_of(root, id))
    write_new(root, files)
    solution = next(new.file.path for new in files if new.file.path.startswith(f"{SOLUTIONS}/{id}."))
    known = [new.file for new in files if f"/{MISTAKES}/" in new.file.path]
    remark = (
        "Title, `headings` and `asks` are those of the original; change them where students could meet both exercises."
    )
    return WrittenFiles(
        title=f"New exercise {id} in the course {_shown(root)}, a copy of {old} of {name_of(source.root)}",
        files=(
            *(new.file for new in files if new.file not in known),
            *(
                (
                    replace(
                        known[0], path=f"{SOLUTIONS}/{MISTAKES}/{id}/", about=f"{len(known)} files: known submissions"
                    ),
                )
                if known
                else ()
            ),
        ),
        remarks=replaces or (remark,),
        next_steps=_steps(id, solution, (), option=option, root=root),
    )


def write_course(root: Path, kinds: Sequence[str], title: str, extends: Sequence[str]) -> WrittenFiles:
    """Start a course in the folder ``root``. ``kinds``: those of its first exercise; none for a simple one.

    Raises UsageError: then nothing was written.
    """
    if is_course(root):
        raise UsageError(
            f"{root} is a course already. A new exercise in it: `grade new ID --kind KIND --course {root}`."
        )
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is no folder; name the folder of the new course.")
    bases = [_base(root, name) for name in extends]
    twice = next((name for name in bases if bases.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"--extends {twice}: it is named twice. Nothing was written.")
    scaffolds = _scaffolds(kinds) or (first_scaffold(),)
    files = course_files(root, " ".join(title.split()), scaffolds, bases)
    kept = [new.file.path for new in files if new.file.path in MAY_BE_THERE and (root / new.file.path).exists()]
    written: Iterable[NewFile] = [new for new in files if new.file.path not in kept]
    write_new(root, tuple(written))
    folder = shlex.quote(str(root))
    there = (
        [f"{' and '.join(kept)} of {root} stayed as they were." if len(kept) > 1 else f"{kept[0]} stayed as it was."]
        if kept
        else []
    )
    return WrittenFiles(
        title=f"New course in {root}",
        files=tuple(new.file for new in written),
        remarks=tuple(there),
        next_steps=(
            NextStep(command=f"cd {folder}", about="Commands in a course's folder mean that course."),
            NextStep(
                command=f"grade {SOLUTIONS}/{FIRST_EXERCISE}.py --assignment {FIRST_SHEET}",
                about="Grades a submission: here the reference solution, which gets full marks.",
            ),
            NextStep(command="grade validate", about="Proves the course: the solution and the known submission."),
            NextStep(command="grade new ID --kind KIND", about="Another exercise; bare `grade new` asks."),
            NextStep(command=f"grade template {FIRST_SHEET} --output handed-out", about="What students start from."),
        ),
    )


def refuse_id(root: Path, id: str) -> None:
    """Raises UsageError if an exercise cannot have this id, or the course has one, or files that would be its."""
    if not re.fullmatch(SLUG, id) or len(id) > MAX_ID:
        raise UsageError(
            f"`{id}` cannot be the id of an exercise: it has small letters, digits and single hyphens between them, "
            f"such as `chain-rule`, and at most {MAX_ID} of them."
        )
    places = [f"{folder}/{id}{suffix}" for folder in (EXERCISES, RUBRICS) for suffix in SUFFIXES]
    places += [f"{SOLUTIONS}/{id}{suffix}" for suffix in SUBMISSION_SUFFIXES]
    places.append(f"{STARTERS}/{id}{STARTER_SUFFIX}")
    there = [place for place in (*places, f"{SOLUTIONS}/{MISTAKES}/{id}") if (root / place).exists()]
    if there:
        raise UsageError(
            f"The course {_shown(root)} has {', '.join(there)} already. Nothing was written; take another id."
        )


def _scaffolds(kinds: Sequence[str], known: CourseKinds = NO_KINDS) -> tuple[Scaffold, ...]:
    twice = next((kind for kind in kinds if list(kinds).count(kind) > 1), None)
    if twice is not None:
        raise UsageError(
            f"The kind `{twice}` is named twice. Name each kind once; a second check of a kind is a copy of the first "
            "in the exercise, with an id of its own."
        )
    return tuple(scaffold_of(kind, known) for kind in kinds)


def _steps(id: str, solution: str, kinds: Sequence[str], *, option: str, root: Path) -> tuple[NextStep, ...]:
    more = f" {option}" if option else ""
    pages = ", ".join(f"docs/kinds/{kind}.md" for kind in kinds[:3]) if len(kinds) <= 3 else ""
    pages = pages or "docs/kinds/"
    exercise = root / f"{EXERCISES}/{id}.yaml"
    file, check = _path_of(root / solution), _path_of(exercise)
    reference = f" --reference {file}" if _WANTS_REFERENCE.search(exercise.read_text("utf-8")) else ""
    return (
        NextStep(about=f"Edit the files: their comments say what to change. More is in {pages}."),
        NextStep(
            command=f"grade observe {file} --try {check}{reference}",
            about="What was seen of the solution, and which line of a check decided.",
        ),
        NextStep(
            command=f"grade explain {id}{more}",
            about="The exercise in words; with --try FILE, what each check made of a submission.",
        ),
        NextStep(
            command=f"grade validate {id}{more}",
            about="Proves it: the solution gets full marks, each known submission what it must.",
        ),
        *_asked_for(id, root),
    )


def _asked_for(id: str, root: Path) -> Iterator[NextStep]:
    """How a sheet of the course asks for the exercise; nothing where it has no sheet."""
    sheets = yaml_files(root / ASSIGNMENTS)
    if sheets:
        where = f"{ASSIGNMENTS}/{sheets[0].name}" if len(sheets) == 1 else f"one of {ASSIGNMENTS}/"
        yield NextStep(about=f"A sheet asks for it by a line `- {id}` below `exercises:` in {where}.")


def _base(root: Path, extends: str) -> str:
    """The base of a new course as its ``course.yaml`` names it: by a path from there, or by its name.

    Raises UsageError if there is no such course.
    """
    folder = Path(extends).absolute()
    base = base_of(folder, ".") if folder.is_dir() else base_of(root.absolute(), extends)
    if isinstance(base, str):
        raise UsageError(f"--extends {extends}: {base}. Nothing was written.")
    return os.path.relpath(folder, root.absolute()) if folder.is_dir() else extends


def _in_the_place_of(root: Path, id: str) -> Iterator[str]:
    """A remark where the course builds on one that has an exercise of this id."""
    if id in layers_of(root).exercises:
        yield f"In this course it takes the place of the exercise `{id}` of a course that it builds on."


def _bare_in_words(kinds: Sequence[str]) -> str:
    named = " and ".join(f"`{kind}`" for kind in kinds)
    return (
        f"Only its author knows what passes a check of kind {named}: the exercise has its fields, with values to fill "
        "in, and there is no known submission. Write the solution, and submissions that are known to be wrong."
    )


def _path_of(path: Path) -> str:
    """A path for a command, from the current folder where that is shorter."""
    absolute, here = path.absolute(), Path.cwd()
    return shlex.quote(str(absolute.relative_to(here) if absolute.is_relative_to(here) else path))


def _shown(root: Path) -> str:
    return _path_of(root) if str(root) != "." and root.absolute() != Path.cwd() else root.absolute().name or "."

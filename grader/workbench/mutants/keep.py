"""Makes a mutant one of the known submissions of its exercise, with the verdicts that it gets."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from grader.course.course import CourseExercise
from grader.course.known_submissions import VERDICTS
from grader.errors import UsageError, reason_of
from grader.workbench.mutants.make import Mutant
from grader.workbench.mutants.tried import TriedMutant

MAX_NAME = 40
"""Characters of a file's name."""


def keep_mutant(item: CourseExercise, about: str, mutant: Mutant, tried: TriedMutant, name: str | None = None) -> Path:
    """Write the mutant beside the exercise's known submissions, and list it in ``verdicts.yaml``. Returns its path.

    Raises UsageError where such a file is there already, or cannot be written.
    """
    suffix = item.solution.suffix
    folder = item.known[0].path  # of the course itself, also where the exercise is that of another one
    name = f"{file_name(mutant)}{suffix}" if name is None else name
    if Path(name).name != name or Path(name).suffix != suffix:
        raise UsageError(f"--file is a name like that of the reference, without folders, such as `wrong{suffix}`.")
    path, verdicts = folder / name, folder / VERDICTS
    if path.exists():
        raise UsageError(f"{path} is there already. Give the mutant another name with --file.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = verdicts.read_text(encoding="utf-8") if verdicts.exists() else ""
        if before and not before.endswith("\n"):
            before += "\n"
        path.write_bytes(mutant.content)
        temporary = verdicts.with_name(f".{VERDICTS}.new")
        temporary.write_text(before + entry_of(name, about, mutant, tried), encoding="utf-8")
        temporary.replace(verdicts)
    except (OSError, ValueError) as error:
        raise UsageError(f"The mutant could not be written to {folder}: {reason_of(error)}.") from error
    return path


def file_name(mutant: Mutant) -> str:
    """``drop_detach_u_y_detach``."""
    words = re.findall(r"[a-z0-9]+", mutant.name.lower())
    name = ""
    for word in words:
        if len(name) + len(word) + 1 > MAX_NAME:
            break
        name = f"{name}_{word}" if name else word
    return name


def entry_of(name: str, about: str, mutant: Mutant, tried: TriedMutant) -> str:
    """The lines of ``verdicts.yaml``."""
    source = mutant.name.partition(": ")[2]
    verdicts = "{" + ", ".join(f"{check}: {status}" for check, status in tried.verdicts) + "}"
    words = yaml.safe_dump(f"{about[0].upper()}{about[1:]}: {source}", width=10_000, allow_unicode=True).strip()
    words = words.removesuffix("\n...").strip()
    return f"{name}:\n  about: {words}\n  verdicts: {verdicts}\n  score: {tried.score:g}\n"

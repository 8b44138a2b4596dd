"""The zip that an instructor uploads to Gradescope as the autograder of an assignment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import grader
from grader.cli.gradescope.own_wheel import own_wheel, requirements, zipped
from grader.errors import UsageError, reason_of

if TYPE_CHECKING:
    from grader.course.course import CourseExercise

FORMAT = "grader.gradescope/1"
CONFIG = "autograder.json"
SCRIPTS = ("setup.sh", "run_autograder")
PINNED = ("torch", "numpy", "matplotlib")
"""Packages of which the image needs the release that the references were recorded with."""


def autograder_zip(
    course: Mapping[str, bytes],
    *,
    name: str,
    assignment: str,
    seed: int,
    at_least: str | None,
    versions: Mapping[str, str | None],
    wheels: Sequence[Path],
) -> bytes:
    """``course``: the files of the exported course, which is called ``name``. ``versions``: of the packages that the
    references were recorded with. ``wheels``: further packages, with kinds of checks.
    """
    folder = Path(__file__).parent
    pinned = {package: release.partition("+")[0] for package in PINNED if (release := versions.get(package))}
    needed = list(requirements(pinned))
    config = {
        "format": FORMAT,
        "grader": grader.__version__,
        "assignment": assignment,
        "course": f"course/{name}",
        "seed": seed,
        "at_least": at_least,
    }
    grader_wheel, content = own_wheel()
    files = {
        **{script: (folder / script).read_bytes() for script in SCRIPTS},
        CONFIG: json.dumps(config, indent=2).encode() + b"\n",
        "torch.txt": _lines(line for line in needed if _package(line) == "torch"),
        "requirements.txt": _lines(needed),
        f"wheels/{grader_wheel}": content,
        **{f"wheels/{path.name}": _read(path) for path in wheels},
        **{f"course/{name}/{path}": file for path, file in course.items()},
    }
    return zipped(files, executable=SCRIPTS)


def folder_name(name: str) -> str:
    """A name for the course's folder in the zip: reports show it."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "course"


def foreign_packages(exercises: Iterable[CourseExercise]) -> set[str]:
    """The packages of other people whose kinds of checks these exercises use."""
    kinds = {type(way) for item in exercises for check in item.exercise.checks for way in check.ways()}
    return {kind.__module__.partition(".")[0] for kind in kinds} - {"grader"}


def check_wheels(wheels: Sequence[Path], exercises: Iterable[CourseExercise]) -> None:
    """Raises UsageError where a wheel is none, or where a package that the course needs is missing."""
    if wrong := [str(path) for path in wheels if path.suffix != ".whl" or not path.is_file()]:
        raise UsageError(f"{wrong[0]} is no wheel. --wheel names the file that `pip wheel --no-deps PACKAGE` writes.")
    if not wheels and (packages := foreign_packages(exercises)):
        listed = ", ".join(f"`{package}`" for package in sorted(packages))
        raise UsageError(
            f"The exercises use kinds of checks of {listed}, which is installed here and not on Gradescope. Build a "
            "wheel (`pip wheel --no-deps PACKAGE`) and name it with --wheel."
        )


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _package(line: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {reason_of(error)}.") from error

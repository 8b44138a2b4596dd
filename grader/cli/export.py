"""``grade export gradescope|course ASSIGNMENT``: what others need to grade an assignment, without the solutions."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli.options import add_course_option, add_python_option, add_seed_option, add_trust_option, parse_options
from grader.cli.output_file import check_output, write_file
from grader.course.course_folder import find_course, name_of
from grader.course.trusted_checks import trusted_checks
from grader.errors import UsageError, reason_of
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions
from grader.sandbox.preload import modules_for

if TYPE_CHECKING:
    from grader.course.course import CourseExercise

DEFAULT_OUTPUT = {"gradescope": "autograder.zip", "course": "exported-course"}
"""By what is exported: an autograder, or the course without its solutions."""
LEAST = "landlock"
"""What the autograder requires on the platform, unless the instructor allows less."""
ALLOWED = {"reduced": "reduced", "none": None}
AUTOGRADER, COURSE = "The autograder", "The course"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    target: str
    assignment: str
    output: Path | None
    course: Path | None
    trust_checks: tuple[Path, ...]
    seed: int | None
    python: Path | None
    allow_isolation: str | None
    wheel: tuple[Path, ...]

    @property
    def at_least(self) -> str | None:
        return LEAST if self.allow_isolation is None else ALLOWED[self.allow_isolation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """The files of the course without its solutions. ``seed``: what the references were recorded with."""

    files: Mapping[str, bytes]
    exercises: Sequence[CourseExercise]
    seed: int
    versions: Mapping[str, str | None]

    def in_words(self) -> str:
        recorded = sum(name.endswith(".recording") for name in self.files)
        return f"with {recorded} recorded references and no solution; seed {self.seed}"


def main(argv: Sequence[str]) -> int:
    """Write the autograder or the course; 0. Raises UsageError, CourseError where a reference fails, SandboxError."""
    parser = _parser()
    options = parse_options(parser, argv, ExportOptions)
    if options.target == "course" and (options.allow_isolation is not None or options.wheel):
        parser.error("--allow-isolation and --wheel are for an autograder; whoever grades by a course says it there")
    output = options.output or Path(DEFAULT_OUTPUT[options.target])
    (_check_folder(output) if options.target == "course" else check_output(output, AUTOGRADER))
    root = find_course(Path.cwd(), options.course)
    asked = GradingOptions(
        course=root,
        assignment=options.assignment,
        seed=options.seed,
        # A platform's result is a mark, as that of a class; a course is graded by with the default seed of `grade`.
        for_class=options.target == "gradescope",
        python=options.python,
        trusted_checks=trusted_checks(root, options.course, options.trust_checks),
        hide=(output.absolute(),),
    )
    with tempfile.TemporaryDirectory() as kept, OpenGrader(asked, references_in=Path(kept)) as opened:
        exported = _export(options, opened, asked)
    if options.target == "course":
        _write_folder(output, exported.files)
        print(f"{output}: the course for `{options.assignment}`, {exported.in_words()}.")
    else:
        _write_autograder(output, exported, options, name_of(root))
    return 0


def _export(options: ExportOptions, opened: OpenGrader, asked: GradingOptions) -> Exported:
    from grader.cli.gradescope.archive import check_wheels
    from grader.course.course import load_course, refuse_unfinished
    from grader.course.exported_course import exported_files

    course = load_course(asked.course, asked.trusted_checks)
    if course.pack is not None:
        raise UsageError("A pack cannot be exported: it has some of the checks only. Export the course that it is of.")
    assignment = course.assignment(options.assignment)
    exercises = course.select((), assignment)
    refuse_unfinished(exercises)
    if options.target == "gradescope":
        check_wheels(options.wheel, exercises)
    opened.preload(modules_for(item.solution.read_bytes() for item in exercises))
    grader = opened.grader(course, assignment.id)
    return Exported(
        files=exported_files(course, assignment, grader.record_references()),
        exercises=exercises,
        seed=grader.settings.seed,
        versions=dict(opened.versions),
    )


def _write_autograder(output: Path, exported: Exported, options: ExportOptions, name: str) -> None:
    from grader.cli.gradescope.archive import autograder_zip, folder_name

    content = autograder_zip(
        exported.files,
        name=folder_name(name),
        assignment=options.assignment,
        seed=exported.seed,
        at_least=options.at_least,
        versions=exported.versions,
        wheels=options.wheel,
    )
    write_file(output, content, AUTOGRADER)
    points = sum(item.rubric.total for item in exported.exercises if not item.bonus)
    print(
        f"{output}: the autograder of `{options.assignment}` for Gradescope, {len(content) / 1e6:.1f} MB, "
        f"{exported.in_words()}; isolation at least {options.at_least or 'none'}.\n"
        f"Give the assignment {points:g} points on Gradescope, and upload the file under Configure Autograder. "
        "docs/gradescope.md says more."
    )


def _check_folder(folder: Path) -> None:
    """Raises UsageError where a folder cannot be made, or has something in it."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{COURSE} cannot be written to {folder}: something is there. Name a new folder.")
    except (OSError, ValueError) as error:
        raise UsageError(f"{COURSE} cannot be written to {folder}: {reason_of(error)}.") from error


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{COURSE} could not be written to {folder}: {reason_of(error)}.") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade export",
        description="Write what others need to grade an assignment: exercises, rubrics, what the reference solutions "
        "did, and no solution. `gradescope` is an autograder, a zip with the grader in it; `course` is a folder that "
        "--course takes, for a student's repository.",
        epilog="examples:\n  grade export gradescope hw2 --course cs101/ --output autograder.zip\n"
        "  grade export course hw2 --course cs101/ --output cs101-hw2/",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "target", choices=tuple(DEFAULT_OUTPUT), metavar="TARGET", help=f"one of {', '.join(DEFAULT_OUTPUT)}"
    )
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="the id of the assignment")
    named = " or ".join(DEFAULT_OUTPUT.values())
    parser.add_argument("--output", type=Path, metavar="PATH", help=f"the zip or the folder (default: {named})")
    add_course_option(parser)
    add_trust_option(parser)
    add_seed_option(parser, "what hidden inputs are drawn from there (default: the assignment's, else 0)")
    parser.add_argument(
        "--allow-isolation",
        choices=tuple(ALLOWED),
        help="grade there with less than `reduced` with Landlock, too; none: with any isolation",
    )
    parser.add_argument(
        "--wheel",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a package with kinds of checks that the course uses (repeatable)",
    )
    add_python_option(parser)
    return parser

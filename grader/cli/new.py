"""``grade new``: write an exercise that works at once, a copy of one to adapt, or a course."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.cli.asked_exercise import AskedExercise, ask_for_exercise
from grader.cli.options import add_trust_option, parse_options
from grader.cli.streams import open_console
from grader.course.course import load_course
from grader.course.course_checks import CourseKinds, load_course_kinds
from grader.course.course_folder import course_to_write, find_course, is_course
from grader.course.course_layers import course_roots
from grader.course.named_courses import builtin_course
from grader.course.trusted_checks import trusted_checks
from grader.errors import ExerciseError, UsageError
from grader.report.written_screen import render_written
from grader.workbench.new_exercise import copy_exercise, write_course, write_exercise
from grader.workbench.scaffolds.scaffold import KINDS

EPILOG = (
    "examples: grade new chain-rule --kind backward; grade new mlp --kind module --kind steps --title 'A small net'; "
    "grade new --course cs101; grade new my-detach --from detach-semantics"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOptions:
    id: str | None
    kind: tuple[str, ...]
    title: str | None
    course: Path | None
    source: str | None
    from_course: Path | None
    extends: tuple[str, ...]
    trust_checks: tuple[Path, ...]


def main(argv: Sequence[str]) -> int:
    """Write files, and say which; returns 0. Raises UsageError, where nothing is written, and CourseError."""
    parser = _parser()
    options = parse_options(parser, argv, NewOptions)
    if options.from_course is not None and options.source is None:
        parser.error("--from-course says where --from takes its exercise; name that, too")
    if options.source is not None and options.kind:
        parser.error("give --kind (a new exercise) or --from (a copy), not both")
    if options.source is not None and options.id is None:
        parser.error(f"say what the copy is called: grade new ID --from {options.source}")
    starts_course = options.id is None and options.course is not None and not is_course(options.course)
    if options.extends and not starts_course:
        parser.error("--extends is for a new course: grade new --course DIR --extends NAME")
    if starts_course:
        assert options.course is not None
        written = write_course(options.course, options.kind, options.title or "", options.extends)
    else:
        root = course_to_write(Path.cwd(), options.course)
        option = "" if options.course is None else f"--course {shlex.quote(str(options.course))}"
        if options.source is not None:
            assert options.id is not None
            folder = builtin_course() if options.from_course is None else find_course(Path.cwd(), options.from_course)
            source = load_course(folder, trusted_checks(folder, options.from_course, options.trust_checks))
            written = copy_exercise(root, options.id, source, options.source, options.title or "", option=option)
        else:
            trusted = trusted_checks(root, options.course, options.trust_checks)
            known, mistakes = load_course_kinds(course_roots(root), trusted)
            if mistakes:
                raise ExerciseError(mistakes)
            asked = _asked(options, root, known)
            written = write_exercise(root, asked.id, asked.kinds, asked.title, known=known, option=option)
    render_written(written, console=open_console())
    return 0


def _asked(options: NewOptions, root: Path, known: CourseKinds) -> AskedExercise:
    """The exercise that is wanted; on a terminal, what is missing is asked for. Raises UsageError."""
    if options.id is not None and options.kind:
        return AskedExercise(id=options.id, kinds=options.kind, title=options.title or "")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        missing = "an id and a kind" if options.id is None else "a kind"
        raise UsageError(
            f"Name {missing}, since nobody can be asked here: `grade new {options.id or 'ID'} --kind KIND`, or "
            f"`grade new {options.id or 'ID'} --from EXERCISE`. `grade new --help` lists the kinds."
        )
    return ask_for_exercise(root, id=options.id, kinds=options.kind, title=options.title, course_kinds=known)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade new",
        description="Write an exercise, its rubric, a reference solution and a known wrong submission, which work at "
        "once and are there to be changed. On a terminal, what is not named is asked for. With --course of a folder "
        "that is no course yet, and no ID, start a course there. No file is overwritten.",
        epilog=EPILOG,
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="what the exercise is called, such as chain-rule")
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        help=f"what its check looks at: {', '.join(KINDS)}, or the kind of an installed package (repeatable, for "
        "several checks)",
    )
    parser.add_argument("--title", help="its title, or that of a new course")
    parser.add_argument(
        "--course",
        type=Path,
        metavar="DIR",
        help="the course that gets it (default: the nearest one upwards); without ID, the folder of a new course",
    )
    parser.add_argument("--from", dest="source", metavar="EXERCISE", help="copy this exercise of the built-in course")
    parser.add_argument("--from-course", type=Path, metavar="DIR", help="copy it from this course")
    add_trust_option(parser)
    parser.add_argument(
        "--extends",
        action="append",
        default=[],
        metavar="NAME",
        help="a course that a new one builds on, such as built-in (repeatable: the first one wins)",
    )
    return parser

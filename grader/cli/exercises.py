"""``grade exercises [ID…]``: the exercises of the course or of an assignment, or what some of them ask."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.cli.chosen_course import load_chosen_course
from grader.cli.options import add_course_option, add_trust_option, parse_options
from grader.cli.streams import open_console
from grader.course.course import find_wrong_verdicts
from grader.course.listing import listed
from grader.errors import ExerciseError
from grader.report import course_screen


@dataclass(frozen=True, slots=True, kw_only=True)
class ExercisesOptions:
    ids: tuple[str, ...]
    assignment: str | None
    course: Path | None
    trust_checks: tuple[Path, ...]


def main(argv: Sequence[str]) -> int:
    """Print a list of exercises, or the statements of some; returns 0. Raises UsageError, and CourseError, after those
    that are right, with the mistakes of the others, and those in what is said of known submissions.
    """
    parser = argparse.ArgumentParser(
        prog="grade exercises",
        description="List the exercises of the course; with an ID, show what that exercise asks.",
        epilog="examples: grade exercises; grade exercises double-backward; grade exercises --assignment hw2",
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="the exercise to show (repeatable)")
    parser.add_argument("--assignment", metavar="ID", help="those of this assignment, in the sheet's order")
    add_course_option(parser)
    add_trust_option(parser)
    options = parse_options(parser, argv, ExercisesOptions)
    course = load_chosen_course(options.course, options.trust_checks)
    assignment = None if options.assignment is None else course.assignment(options.assignment)
    chosen = course.select(options.ids, assignment)
    exercises = listed(item for item in chosen if not item.mistakes)
    console = open_console()
    if not options.ids:
        course_screen.render_exercises(exercises, console=console)
    for position, exercise in enumerate(exercises if options.ids else ()):
        if position:
            console.print()
        course_screen.render_exercise(exercise, console=console)
    wrong = (*(mistake for item in chosen for mistake in item.mistakes), *find_wrong_verdicts(course))
    if wrong:
        raise ExerciseError(wrong)
    return 0

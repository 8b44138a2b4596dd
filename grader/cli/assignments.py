"""``grade assignments [ID]``: the assignments of the course, or what one of them asks for."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.cli.chosen_course import load_chosen_course
from grader.cli.options import add_course_option, add_trust_option, parse_options
from grader.cli.streams import open_console
from grader.course.listing import listed
from grader.report import course_screen


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentsOptions:
    id: str | None
    course: Path | None
    trust_checks: tuple[Path, ...]


def main(argv: Sequence[str]) -> int:
    """Print the assignments, or one with its exercises; returns 0. Raises CourseError, and UsageError."""
    parser = argparse.ArgumentParser(
        prog="grade assignments",
        description="List the assignments of the course; with an ID, show what that one asks for.",
        epilog="example: grade assignments hw2",
    )
    parser.add_argument("id", nargs="?", metavar="ID", help="the assignment to show")
    add_course_option(parser)
    add_trust_option(parser)
    options = parse_options(parser, argv, AssignmentsOptions)
    course = load_chosen_course(options.course, options.trust_checks)
    console = open_console()
    if options.id is not None:
        assignment = course.assignment(options.id)
        course_screen.render_assignment(assignment, listed(course.select((), assignment)), console=console)
    elif course.assignments:
        course_screen.render_assignments(course.assignments, course.settings.default or "", console=console)
    else:
        print("This course has no assignments. `grade exercises` lists its exercises.")
    return 0

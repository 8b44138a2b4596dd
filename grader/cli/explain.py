"""``grade explain ID``: an exercise in words, for whoever did not write it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.cli.chosen_course import load_chosen_course
from grader.cli.options import add_course_option, add_trust_option, parse_options
from grader.cli.streams import open_console
from grader.cli.tried_exercise import explain_with
from grader.course.course import Course, CourseExercise, refuse_unfinished
from grader.course.course_folder import find_course
from grader.course.known_submissions import KnownSubmission, load_known_submissions
from grader.course.trusted_checks import trusted_checks
from grader.errors import ExerciseError, UsageError
from grader.model import Audience
from grader.report.explanation.json import json_of
from grader.report.explanation.markdown import markdown_of
from grader.report.explanation.terminal import render_explanation
from grader.workbench.explaining.explained import explained

FORMATS = ("terminal", "json", "markdown")
AUDIENCES: tuple[Audience, ...] = ("staff", "student")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainOptions:
    id: str
    course: Path | None
    trust_checks: tuple[Path, ...]
    audience: Audience
    format: str
    try_file: str | None


def main(argv: Sequence[str]) -> int:
    """Print an exercise in words; returns 0, with ``--try`` 1 where a check did not pass.

    Raises UsageError, and CourseError with the mistakes of the exercise.
    """
    parser = argparse.ArgumentParser(
        prog="grade explain",
        description="Tell an exercise in words: what is observed, what must hold, when it counts as attempted, what it "
        "is worth, which hints and named mistakes there are, and who sees it. With --try: what happened at each step "
        "when a file is graded by it.",
        epilog="examples: grade explain detach-semantics; grade explain detach-semantics --try homework.ipynb",
    )
    parser.add_argument("id", metavar="ID", help="the exercise to explain")
    add_course_option(parser)
    add_trust_option(parser)
    parser.add_argument(
        "--audience",
        choices=AUDIENCES,
        default="staff",
        help="student: only what reports tell students, without hidden checks and hidden inputs; not with --try "
        "(default: staff)",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="terminal", help="how to write it; not with --try (default: terminal)"
    )
    parser.add_argument(
        "--try", dest="try_file", metavar="FILE", help="grade FILE by it, and say for each check which line decided"
    )
    options = parse_options(parser, argv, ExplainOptions)
    if options.try_file is not None:
        if options.format != "terminal" or options.audience != "staff":
            raise UsageError("--try writes for staff, in the terminal; leave out --format and --audience.")
        root = find_course(Path.cwd(), options.course)
        trusted = trusted_checks(root, options.course, options.trust_checks, [Path(options.try_file)])
        return explain_with(options.try_file, options.id, root, trusted)
    course = load_chosen_course(options.course, options.trust_checks)
    (item,) = course.select([options.id])
    refuse_unfinished([item])
    explanation = explained(
        item.exercise,
        item.rubric,
        solution=_solution(course, item),
        known=_known(item),
        audience=options.audience,
    )
    if options.format == "json":
        print(json_of(explanation), end="")
    elif options.format == "markdown":
        print(markdown_of(explanation), end="")
    else:
        render_explanation(explanation, console=open_console())
    return 0


def _solution(course: Course, item: CourseExercise) -> str:
    """The path of the reference solution in its course; empty where it is not there."""
    return "" if item.is_recorded else course.layers.place_of(item.solution)


def _known(item: CourseExercise) -> tuple[KnownSubmission, ...]:
    """The known submissions; none where what is said of them has mistakes, which `grade exercises` names."""
    try:
        return load_known_submissions(item.known, item.exercise)
    except ExerciseError:
        return ()

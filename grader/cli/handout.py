"""``grade handout``: fingerprint the notebooks that students are given, so that unchanged cells are no attempt; and the
questions of a sheet, so that a repeated question tells which exercise is answered.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import submission
from grader.cli.chosen_course import load_chosen_course
from grader.cli.options import add_course_option, add_trust_option, parse_options
from grader.course.handout_file import HANDOUT_FILE, handout_text
from grader.course.questions_file import QUESTIONS_FILE, questions_of, questions_text
from grader.errors import SubmissionError, UsageError, reason_of
from grader.handin import WorkFiles, read_handin
from grader.judging.sections.hashed_questions import HashedQuestion
from grader.submission.fingerprints import handout_of
from grader.text import clean_line


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoutOptions:
    files: tuple[str, ...]
    assignment: str | None
    course: Path | None
    trust_checks: tuple[Path, ...]
    questions: bool


def main(argv: Sequence[str]) -> int:
    """Print a handout/fingerprints.yaml or a handout/questions.yaml; 0.

    Raises UsageError, also where a file cannot be read, and CourseError where the course of an assignment cannot.
    """
    parser = argparse.ArgumentParser(
        prog="grade handout",
        description="Print the fingerprints of the notebooks or scripts that students are given. What comes back "
        f"unchanged is then no attempt at an exercise. Keep the output as {HANDOUT_FILE} in the course's folder.",
        epilog=f"example: grade handout given/*.ipynb > {HANDOUT_FILE}",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="a notebook or script, or a folder or zip of them")
    parser.add_argument(
        "--assignment",
        metavar="ID",
        help="the files that this assignment names as its `handout`; they are fingerprinted anyway when it is graded",
    )
    add_course_option(parser)
    add_trust_option(parser)
    parser.add_argument(
        "--questions",
        action="store_true",
        help="the files are texts with a question on each line: `exercise-id: question`, or `other: question` for one "
        f"that no exercise asks. Prints their hashes, to be kept as {QUESTIONS_FILE}",
    )
    options = parse_options(parser, argv, HandoutOptions)
    if not options.files and options.assignment is None:
        parser.error("name the files that students are given, or the assignment that names them")
    if options.questions:
        print(questions_text(itertools.chain.from_iterable(map(_questions_in, options.files))), end="")
        return 0
    try:
        handins = [read_handin(path, WorkFiles()) for path in (*options.files, *_handout_of(options))]
        loaded = [submission.read(file.read(), file.path) for handed in handins for file in handed.files]
    except SubmissionError as error:
        raise UsageError(clean_line(str(error))) from error  # the instructor's own file, and no student's
    print(handout_text(handout_of(loaded)), end="")
    return 0


def _handout_of(options: HandoutOptions) -> tuple[str, ...]:
    """The paths of the files that the assignment names. Raises UsageError and CourseError."""
    if options.assignment is None:
        return ()
    assignment = load_chosen_course(options.course, options.trust_checks).assignment(options.assignment)
    if not assignment.handout:
        raise UsageError(f"The assignment `{assignment.id}` names no `handout`; name the files, or add it.")
    return tuple(map(str, assignment.handout))


def _questions_in(path: str) -> tuple[HashedQuestion, ...]:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read as UTF-8 text: {reason_of(error)}") from None
    return questions_of(text, Path(path))

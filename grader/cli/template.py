"""``grade template ASSIGNMENT``: the notebook and the script that students get."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.cli.options import add_course_option, add_python_option, parse_options
from grader.cli.written_files import check_files, write_files
from grader.course.course_folder import find_course
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions

FORMATS = {"ipynb": ("ipynb",), "py": ("py",), "both": ("ipynb", "py")}
"""The suffixes of what is written, by what ``--format`` says."""
WHAT = "The template"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateOptions:
    assignment: str
    output: Path
    format: str
    force: bool
    course: Path | None
    python: Path | None

    @property
    def files(self) -> Mapping[str, Path]:
        """The files that are written, by their suffixes."""
        return {suffix: self.output / f"{self.assignment}.{suffix}" for suffix in FORMATS[self.format]}


def main(argv: Sequence[str]) -> int:
    """Write the template; 0. Raises UsageError, and CourseError, also where an untouched template gets points."""
    options = parse_options(_parser(), argv, TemplateOptions)
    check_files(options.files.values(), WHAT, force=options.force)
    root = find_course(Path.cwd(), options.course)
    asked = GradingOptions(
        course=root,
        assignment=options.assignment,
        python=options.python,
        hide=(options.output.absolute(),),
    )
    with OpenGrader(asked) as opened:
        contents, about = _make(options, opened, root)
    write_files({options.files[suffix]: content for suffix, content in contents.items()}, WHAT)
    print(f"{', '.join(map(str, options.files.values()))}: {about}")
    return 0


def _make(options: TemplateOptions, opened: OpenGrader, root: Path) -> tuple[Mapping[str, bytes], str]:
    """The contents of the files by their suffixes, and a sentence about them."""
    from grader import submission
    from grader.course.course import load_course, refuse_unfinished
    from grader.errors import ExerciseError
    from grader.sandbox.preload import modules_for
    from grader.text import count, points
    from grader.workbench.templates.notebook_file import as_notebook
    from grader.workbench.templates.script_file import as_script
    from grader.workbench.templates.template import template_of
    from grader.workbench.templates.untouched import find_attempts, find_passing_starters, without_starters

    course = load_course(root)
    assignment = course.assignment(options.assignment)
    exercises = course.select((), assignment)
    refuse_unfinished(exercises)
    template = template_of(assignment, exercises)
    writers = {"ipynb": as_notebook, "py": as_script}
    contents = {suffix: writers[suffix](template) for suffix in options.files}
    opened.preload(modules_for(item.solution.read_bytes() for item in exercises))
    read = [submission.read(content, options.files[suffix].name) for suffix, content in contents.items()]
    grader = opened.grader(course, assignment.id)
    mistakes = [mistake for each in read for mistake in find_attempts(course, grader.grade(each))]
    if any(item.starter for item in exercises):
        bare = opened.grader(without_starters(course), assignment.id)
        mistakes += find_passing_starters(course, [bare.grade(read[0])])
    if mistakes:
        raise ExerciseError(list(dict.fromkeys(mistakes)))
    total = sum(item.rubric.total for item in exercises)
    about = (
        f"the template of `{assignment.id}`, with {count(len(exercises), 'exercise')}. As it is, it gets 0 of "
        f"{points(total)} points, and no exercise counts as attempted."
    )
    return contents, about


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grade template",
        description="Write the notebook and the script that students get for an assignment: statements, a cell for "
        "each answer, starter code. It is graded before it is written: untouched it must get no point.",
        epilog="example: grade template hw2 --course cs101/ --output handed-out/",
    )
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="the id of the assignment")
    parser.add_argument(
        "--output", type=Path, default=Path(), metavar="DIR", help="the folder that is written to (default: this one)"
    )
    parser.add_argument(
        "--format", choices=tuple(FORMATS), default="both", help="a notebook, a script, or both (default: both)"
    )
    parser.add_argument("--force", action="store_true", help="overwrite files that are there")
    add_course_option(parser)
    add_python_option(parser)
    return parser

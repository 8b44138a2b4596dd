"""``grade SUBMISSION…``: grade submissions and report each of them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from grader import __version__, log
from grader.cli import COMMANDS, complain, note
from grader.cli.audience import add_audience_option, report_for, reports_for
from grader.cli.options import RunOptions, add_run_options, parse_options
from grader.cli.report_outputs import ReportOutput, add_format_options, chosen_outputs, write_reports
from grader.course.course_folder import find_course
from grader.errors import ExitCode
from grader.pipeline.open_grader import OpenGrader
from grader.sandbox.preload import modules_for

if TYPE_CHECKING:
    from grader.model import Audience, Report

PROG = "grade"

EPILOG = f"""\
examples:
  grade homework.ipynb                         grade every exercise that the notebook attempts
  grade homework.ipynb --assignment hw2        grade what this assignment asks for, attempted or not
  grade homework.ipynb --exercise sin-derivative
  grade answers/ --format terminal --format json:results.json
  cat homework.py | grade - --exercise double-backward

other commands (grade COMMAND --help):
{chr(10).join(f"  grade {name:<11} {about}" for name, about in COMMANDS.items())}

exit codes: 0 everything asked for passed, or where nothing was asked for, all that was found; 1 something failed,
nothing was found, or a submission cannot be read; 2 wrong usage, a path that does not exist, a mistake in the course (a
reference solution that fails, too), or a report that cannot be written; 3 an error of the grader or its sandbox; 130
stopped at the keyboard; 141 the reader of standard output ended first. Of hidden checks, nothing counts here unless
the report is for staff
"""


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROG,
        description="Run PyTorch autograd exercises in a sandbox, see what autograd really did, and say what is right, "
        "what is wrong and why.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "submissions",
        nargs="*",
        metavar="SUBMISSION",
        help="a notebook, a script or notes, a folder or zip of them, or - for standard input",
    )
    add_format_options(parser)
    add_audience_option(parser, "student; staff for formats whose reader knows who may see which check")
    add_run_options(parser)
    parser.add_argument("--version", action="version", version=f"grade {__version__}")
    return parser


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeOptions(RunOptions):
    submissions: tuple[str, ...]
    format: tuple[ReportOutput, ...]
    output: Path | None
    """The file of a single report; None: as ``format`` says."""
    audience: Audience | None


def parse(argv: Sequence[str]) -> GradeOptions:
    parser = build_parser()
    options = parse_options(parser, argv, GradeOptions)
    if not options.submissions:
        parser.error("nothing to grade: name a notebook, a script or a folder (see grade --help)")
    return options


def main(argv: Sequence[str]) -> int:
    options = parse(argv)
    log.configure(options.log())
    given = options.submissions
    outputs = chosen_outputs(options.format, options.output, submissions=len(given), read=given)
    course = find_course(Path.cwd(), options.course)
    asked = options.grading(course, given=options.submissions, written=[output.file for output in outputs])
    asked = replace(asked, audience=options.audience or "student")
    many = len(options.submissions) > 1 or any(
        os.path.isdir(path) or path.lower().endswith(".zip")  # noqa: PTH112 - Path.is_dir raises where a name is too long
        for path in options.submissions
    )
    with OpenGrader(asked, lasting=many) as opened:
        return _grade(options, outputs, opened)


def _grade(options: GradeOptions, outputs: Sequence[ReportOutput], opened: OpenGrader) -> int:
    # Imported while the worker imports torch on another core.
    from grader.cli.hand_ins import read_hand_ins
    from grader.cli.run_progress import RunProgress
    from grader.cli.several import grade_all
    from grader.model import Report, Submission
    from grader.pipeline.broken_reference import BrokenReference, error_of

    # The course is loaded when it is first needed: which files of a folder are graded may depend on it.
    load_graders = cache(opened.graders)
    handed = read_hand_ins(options.submissions, lambda path, stated: load_graders().work_files(path, stated))
    loaded = handed.loaded.values()
    if loaded:
        opened.preload(modules_for(cell.code.encode("utf-8", "replace") for read in loaded for cell in read.cells))
    graders = load_graders()
    broken: dict[str, BrokenReference] = {}
    noticed: set[str] = set()
    progress = RunProgress(tuple(handed.loaded))

    def grade(read: Submission) -> Report:
        grader, choice = graders.choose(read)
        if choice.notice and read.path not in noticed:
            noticed.add(read.path)
            note(f"{read.path}: {choice.notice}")
        progress.begins(read.path, grader.settings.limits.wall_s)
        report = grader.grade(read)
        broken.update(grader.find_broken_references())
        return report

    with progress:
        graded = grade_all(handed, grade)
    if broken:
        complain(error_of(broken, "It was not graded." if len(broken) == 1 else "They were not graded."))
    seed = options.seed or 0
    graded = handed.finished(graded)
    unreadable = {path: Report.of_unreadable(path, why, seed=seed) for path, why in handed.broken.items()}
    reports = [report for path in handed.paths if (report := graded.get(path) or unreadable.get(path)) is not None]
    write_reports(lambda format: reports_for(format, reports, options.audience, "student"), outputs)
    seen = [report_for(report, options.audience or "student") for report in graded.values()]
    code = max(map(_exit_code, seen), default=0) or handed.exit_code
    if code == ExitCode.FAILED and not all(output.format.tells_failure for output in outputs):
        return ExitCode.PASSED
    return code


def _exit_code(report: Report) -> int:
    errors = [exercise for exercise in report.exercises if exercise.status == "error"]
    broken = [exercise for exercise in errors if exercise.broken_reference]
    if len(errors) > len(broken):
        return ExitCode.GRADER_FAILED
    others_attempted = any(exercise.status == "graded" for exercise in report.exercises)
    if broken and (report.basis != "found" or not others_attempted or any(exercise.named for exercise in broken)):
        return ExitCode.UNUSABLE
    return ExitCode.PASSED if report.passed else ExitCode.FAILED

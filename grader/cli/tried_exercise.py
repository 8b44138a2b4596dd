"""``grade explain ID --try FILE``: what happened at each step when a file is graded by one exercise."""

from __future__ import annotations

from pathlib import Path

from grader.cli.streams import open_console
from grader.errors import ExitCode
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions


def explain_with(file: str, exercise: str, course: Path, trusted: tuple[Path, ...] = ()) -> int:
    """Print what happened at each step when a file is graded by an exercise of the course in this folder. Returns 0
    where every check passed, else 1. ``trusted``: whose ``checks.py`` may be imported (``trusted_checks``).

    Raises UsageError for an exercise that the course does not have, SubmissionError, CourseError, SandboxError.
    """
    path = Path(file).absolute()
    asked = GradingOptions(course=course, exercises=(exercise,), trusted_checks=trusted, hide=(path, path.parent))
    with OpenGrader(asked, lasting=False) as opened:
        # Imported while the worker imports torch on another core.
        from grader.handin import load_alone
        from grader.report.traced_exercise_screen import render_traced_exercise
        from grader.sandbox.preload import modules_for
        from grader.workbench.traced_exercise import trace_exercise

        submission = load_alone(file)
        opened.preload(modules_for(cell.code.encode("utf-8", "replace") for cell in submission.cells))
        traced = trace_exercise(opened.load(), submission)
        render_traced_exercise(traced, console=open_console())
        return ExitCode.PASSED if all(check.is_right for check in traced.exercise.checks) else ExitCode.FAILED

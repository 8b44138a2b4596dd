"""What the options ask for: the course, and the submissions with the checks that each is graded by."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from grader.cli import note
from grader.cli.hand_ins import HandIns, read_hand_ins
from grader.cli.options import RunOptions, seed_number, time_limit
from grader.course.course import Course, CourseExercise, load_course, refuse_unfinished
from grader.course.course_folder import find_course
from grader.errors import UsageError
from grader.judging.checks.base import Check
from grader.model import Audience
from grader.pipeline.assignment_choice import choose_assignment, choose_work_files
from grader.pipeline.options import GradingOptions
from grader.pipeline.settings import settings_of
from grader.report.audience import shown_to_students

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one run of pytest grades."""

    course: Course
    options: GradingOptions
    audience: Audience
    handed: HandIns

    def checks(self, path: str) -> list[tuple[CourseExercise, tuple[Check, ...]]]:
        """The exercises that the submission at ``path`` may be graded for, with those checks that the audience sees.

        Where no exercise was asked for, these are all of the course: which of them it attempts is known when it has
        run. Raises UsageError and CourseError.
        """
        choice = choose_assignment(self.course, self.options, self.handed.loaded[path])
        settings = settings_of(self.course, replace(self.options, assignment=choice.assignment))
        due = None if settings.assignment is None else settings.assignment.due
        shown = shown_to_students(due, datetime.now(UTC))
        return [
            (
                item,
                tuple(check for check in item.exercise.checks if self.audience == "staff" or check.visibility in shown),
            )
            for item in settings.exercises
        ]


def read_asked(config: pytest.Config) -> Asked:
    """Read the course and what was handed in. What is passed over is said on standard error.

    Raises UsageError, CourseError, and MissingError where there is nothing at a path.
    """
    options = _run_options(config)
    paths = [str(path) for path in config.getoption("grade")]
    course = find_course(config.invocation_params.dir, options.course)
    audience: Audience = config.getoption("grade_audience")
    grading = replace(options.grading(course, given=paths, written=_written(config)), audience=audience)
    loaded = load_course(course, grading.trusted_checks)
    settings = settings_of(loaded, grading)  # what the options name is looked up before any submission is read
    if settings.explicit:
        refuse_unfinished(settings.exercises)
    for mistake in (mistake for item in settings.exercises for mistake in item.mistakes):
        note(str(mistake))
    handed = read_hand_ins(paths, lambda path, stated: choose_work_files(loaded, grading, path, stated))
    for path, read in handed.loaded.items():
        choice = choose_assignment(loaded, grading, read)
        if choice.notice:
            note(f"{path}: {choice.notice}")
    return Asked(course=loaded, options=grading, audience=audience, handed=handed)


def _written(config: pytest.Config) -> list[Path]:
    """What pytest itself writes about results."""
    junit = config.getoption("xmlpath", None)
    return [config.rootpath / ".pytest_cache", *([Path(junit)] if junit else [])]


def _run_options(config: pytest.Config) -> RunOptions:
    course = config.getoption("grade_course")
    return RunOptions(
        assignment=config.getoption("grade_assignment"),
        exercise=tuple(config.getoption("grade_exercise")),
        course=None if course is None else Path(course),
        trust_checks=tuple(map(Path, config.getoption("grade_trust_checks"))),
        seed=read_option(config, "seed", seed_number),
        timeout=read_option(config, "timeout", time_limit),
        isolation=config.getoption("grade_isolation"),
        at_least=None,
        python=None,
        verbose=False,
        log_file=None,
    )


def read_option(config: pytest.Config, name: str, read: Callable[[str], Value]) -> Value | None:
    """The value of ``--grade-NAME``; None where it was not given. Raises UsageError."""
    text = config.getoption(f"grade_{name}")
    if text is None:
        return None
    try:
        return read(text)
    except argparse.ArgumentTypeError as error:
        raise UsageError(f"--grade-{name}: {error}") from None

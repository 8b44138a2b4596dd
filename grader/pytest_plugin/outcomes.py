"""What becomes of a test, by the report of its submission: it passes, or ``judge_check`` raises why it does not."""

from __future__ import annotations

import pytest

from grader.model import CheckReport, ExerciseReport, Report
from grader.report.error_groups import group_errors
from grader.report.report_words import (
    SKIPPED_AS_BONUS,
    ending_of,
    error_lines,
    message_of,
    text_of,
    why_unreadable,
)
from grader.text import as_sentence, capitalized, clean, clean_line

NOTHING_FOUND = (
    "Nothing was found that answers an exercise. Name one to see what is missing: --grade-exercise ID, or an "
    "assignment: --grade-assignment ID."
)


class OutcomeError(Exception):
    """A test that does not pass. ``text`` is all that is said of it, and the message is its first sentence."""

    def __init__(self, message: str, text: str = "") -> None:
        super().__init__(message)
        self.text = text or message


class CheckFailedError(OutcomeError):
    """The submission does not do what the check asks for."""


class NotGradedError(OutcomeError):
    """The grader, its sandbox or the course failed. It tells nothing about the submission."""


class NotAttemptedError(Exception):
    """The test is of an exercise that nobody asked for and the submission does not attempt."""


def find_exercise(report: Report, identity: str) -> ExerciseReport:
    """The exercise as it is reported. Raises NotGradedError where it could not be graded, and NotAttemptedError where
    it is not reported.
    """
    if report.error is not None:
        raise CheckFailedError(why_unreadable(report))
    exercise = next((exercise for exercise in report.exercises if exercise.id == identity), None)
    if exercise is None:
        raise NotAttemptedError
    others = any(other.status == "graded" for other in report.exercises)
    if exercise.status == "error":
        if exercise.broken_reference and report.basis == "found" and not exercise.named and others:
            raise NotAttemptedError
        raise NotGradedError(as_sentence(capitalized(clean_line(exercise.message))) or "It could not be graded.")
    if report.basis == "found" and exercise.status == "not_attempted":
        raise NotAttemptedError
    return exercise


def find_check(exercise: ExerciseReport, identity: str) -> CheckReport:
    """Raises NotAttemptedError where the check is not shown, and NotGradedError where it could not be decided."""
    check = next((check for check in exercise.checks if check.id == identity), None)
    if check is None:
        raise NotAttemptedError
    if check.status == "error":
        raise NotGradedError(message_of(check), text_of(check))
    return check


def why_broken(path: str, reason: str) -> str:
    """Why a file cannot be read, as a sentence. Most reasons begin with the path, which the test's name has."""
    return as_sentence(capitalized(clean_line(reason.removeprefix(f"{path}: "))))


def judge_check(exercise: ExerciseReport, check: CheckReport) -> None:
    """Raises CheckFailedError, or skips the test, where the check has not passed."""
    if check.status == "passed":
        return
    message, text = message_of(check), text_of(check)
    if check.withheld:
        raise CheckFailedError(message, f"{text}\n{clean(check.code)}" if check.code else text)
    if check.status != "failed":
        raise pytest.skip.Exception(message, _use_item_location=True)
    if exercise.bonus:
        raise pytest.skip.Exception(f"{SKIPPED_AS_BONUS} {message}", _use_item_location=True)
    raise CheckFailedError(message, text)


def run_in_words(report: Report) -> str:
    """How the run ended, its uncaught errors and the notes, as lines; empty where there is nothing to say."""
    said = [ending_of(report.run)]
    said += [line for group in group_errors(report.run.errors).groups for line in error_lines(group)]
    said += map(clean_line, report.run.notices)
    return "\n".join(filter(None, said))

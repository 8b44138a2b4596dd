"""What is wrong in a submission, place by place and worst first: for annotations beside its code."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from grader import model
from grader.report.error_groups import group_errors
from grader.report.report_words import (
    STOP,
    check_name,
    ending_of,
    error_in_words,
    exercise_name,
    shown_exercises,
    status_of,
    text_of,
    why_unreadable,
)
from grader.text import clean, clean_line

Level = Literal["error", "warning", "note"]
"""``error``: what was asked for is not there. ``warning``: nobody is to blame, or nothing depends on it. ``note``: a
person will mark it."""
STANDARD_INPUT = "-"
"""The path of what is no file."""
LEVELS: tuple[Level, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong, or that a person has to look at. Its texts are clean."""

    path: str
    level: Level
    rule: str
    """What it breaks: ``double-backward/gradient-accumulates``, ``run/NameError``."""
    title: str
    message: str
    """Sentences and details, which may take several lines."""
    location: model.Location | None = None


def findings_of(reports: Sequence[model.Report]) -> tuple[Finding, ...]:
    """The findings of all reports by level: the first error of each run first, since others follow from it; then failed
    checks, those that cost most points first; then further errors of runs. So no run, however many errors it has, keeps
    out those of others.
    """
    found = [finding for report in reports for finding in _of_report(report)]
    ranked = sorted(found, key=lambda each: (LEVELS.index(each[1].level), each[0]))
    return tuple(finding for _, finding in ranked)


def repository_path(path: str) -> str:
    """The path relative to the repository, where it lies in it; GitHub finds the file by that."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    if workspace:
        try:
            relative = os.path.relpath(os.path.realpath(path), os.path.realpath(workspace))
        except ValueError:  # a name that no file has
            relative = os.pardir
        if relative != os.pardir and not relative.startswith(os.pardir + os.sep):
            path = relative
    return clean_line(path.removeprefix("./"))


def _of_report(report: model.Report) -> Iterator[tuple[float, Finding]]:
    """Findings with what they are sorted by within their level."""
    path = report.submission.path
    if report.error is not None:
        yield (
            -float("inf"),
            Finding(
                path=path,
                level="error",
                rule="run/unreadable",
                title="It could not be read",
                message=why_unreadable(report),
            ),
        )
        return
    for number, finding in enumerate(_of_run(report)):
        yield 0.0 if number else -float("inf"), finding
    for exercise in shown_exercises(report):
        if exercise.status == "error" and not exercise.checks:
            yield (
                -exercise.max_score,
                Finding(
                    path=path,
                    level="warning",
                    rule=f"{clean_line(exercise.id)}/error",
                    title=exercise_name(exercise),
                    message=clean(exercise.message),
                ),
            )
        for check in exercise.checks:
            level = _level(exercise, check)
            if level is not None:
                finding = Finding(
                    path=path,
                    level=level,
                    rule=f"{clean_line(exercise.id)}/{clean_line(check.id)}",
                    title=check_name(exercise, check),
                    message=text_of(check),
                    location=check.location,
                )
                yield (check.score or 0.0) - check.max_score, finding


def _of_run(report: model.Report) -> Iterator[Finding]:
    """What ended the run, and the errors that others follow from. Where all passed, they are no failure."""
    level: Level = "warning" if report.passed or report.run.outcome is model.Outcome.SANDBOX_ERROR else "error"
    path = report.submission.path
    groups = group_errors(report.run.errors).groups
    ending = ending_of(report.run)
    if ending:
        stopped = next((group.error.location for group in groups if group.error.type == STOP), None)
        rule = f"run/{report.run.outcome}"
        yield Finding(
            path=path, level=level, rule=rule, title="It did not run to its end", message=ending, location=stopped
        )
    for group in groups:
        error = group.error
        if error.type == STOP and ending:
            continue
        yield Finding(
            path=path,
            level=level,
            rule=f"run/{clean_line(error.type)}",
            title="An uncaught error",
            message="\n".join(filter(None, (error_in_words(error), clean_line(group.consequence)))),
            location=error.location,
        )


def _level(exercise: model.ExerciseReport, check: model.CheckReport) -> Level | None:
    """None where there is nothing to say: it passed, or waits for another check that has its own finding."""
    status = status_of(check)
    if status == "failed":
        return "note" if exercise.bonus else "error"
    if status == "error" or (status == "manual" and check.withheld):
        return "warning"
    return "note" if status == "manual" else None

"""Grades a task: from a file's content to what the gradebook keeps. Whatever happens, there is a result."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import PurePosixPath

from grader import submission
from grader.classroom.batch import messages
from grader.classroom.batch.stored_report import stored_report_of
from grader.classroom.batch.tasks import Task
from grader.classroom.gradebook import evidence_format, judged_format
from grader.course.course import load_course
from grader.course.named_assignment import named_assignment
from grader.errors import CourseError, SandboxError, SubmissionError
from grader.marking.build_report import build_report
from grader.model import Graded, JudgedSubmission, Outcome, Report, Submission
from grader.pipeline import cache_keys
from grader.pipeline.grader import Grader
from grader.pipeline.options import GradingOptions
from grader.pipeline.settings import Settings, settings_of

logger = logging.getLogger(__name__)


def grade_task(task: Task, grader: Grader, rubrics: str) -> Graded:
    """Run, judge and mark a task. ``rubrics`` is the key of the rubrics that ``grader`` marks by.

    Raises CourseError, which is no fault of the submission's.
    """
    try:
        read = submission.read(task.content, task.name)
        submitted = replace(read, companions=task.companions, folder=task.folder)
        # The pool grades it again when nothing else runs: doing so now would be no better.
        judged = grader.judge(submitted, again=False, more_time=task.more_time)
        judged = _with_notice(judged, grader.settings)
        report = grader.mark(judged)
        graded = _graded(task.key, judged, report, rubrics, grader.settings)
        return replace(graded, evidence=evidence_format.pack(report))
    except SubmissionError as error:
        return messages.broken(task.key, rubrics, str(error), unreadable=True)
    except SandboxError as error:
        return messages.broken(task.key, rubrics, str(error))
    except CourseError:
        raise
    except Exception as error:
        logger.exception("Grading %s failed", task.name)
        why = f"An error of the grader itself, and not of the submission: {type(error).__name__}: {error}"
        return messages.broken(task.key, rubrics, why)


class Marker:
    """Marks what was judged in an earlier batch by the rubrics of today. Nothing runs for it."""

    def __init__(self, options: GradingOptions) -> None:
        """Raises CourseError where the course cannot be read."""
        self._settings = settings_of(load_course(options.course, options.trusted_checks), options)
        self._rubrics = cache_keys.of_rubrics(self._settings.exercises)

    def mark(self, key: str, judged: bytes) -> Graded:
        """``judged`` is packed as the gradebook keeps it (``gradebook.judged_format``)."""
        unpacked = judged_format.unpack(judged)
        settings = self._settings
        report = build_report(unpacked, settings.exercises, settings.assignment, settings.basis, settings.course)
        return _graded(key, unpacked, report, self._rubrics, self._settings)


def _with_notice(judged: JudgedSubmission, settings: Settings) -> JudgedSubmission:
    """With a notice for the student if the file names another assignment of the course."""
    other = _other_assignment(judged.submission, settings)
    if not other or settings.assignment is None:
        return judged
    notice = f"It names the assignment `{other}`; everybody was graded for `{settings.assignment.id}`, and so was this."
    return replace(judged, run=replace(judged.run, notices=(*judged.run.notices, notice)))


def _other_assignment(submitted: Submission, settings: Settings) -> str:
    """The id of another assignment of the course, which the notebook's metadata, the file's name or that of its folder
    names; empty if they name none.
    """
    if settings.assignment is None:
        return ""
    path = PurePosixPath(submitted.path)
    ids = settings.assignment_ids
    # Of `hw2.ipynb.txt`, which a browser saved, the name is `hw2`.
    by_name = named_assignment(path.name.partition(".")[0], ids) or named_assignment(path.parent.name, ids)
    named = (submitted.assignment, by_name)
    return next((name for name in named if name and name in ids and name != settings.assignment.id), "")


def _graded(key: str, judged: JudgedSubmission, report: Report, rubrics: str, settings: Settings) -> Graded:
    """What the gradebook keeps of a submission that was judged and marked."""
    failed = report.run.outcome is Outcome.SANDBOX_ERROR
    return Graded(
        key=key,
        status="broken" if failed else "graded",
        rubrics=rubrics,
        why=f"It could not be run: {report.run.detail}" if failed else report.run.not_final,
        not_final=bool(report.run.not_final) and not failed,
        kept_waiting=report.run.most_kept_waiting,
        judged=judged_format.pack(judged),
        evidence=None,
        report=stored_report_of(report),
        words=_words(judged, report),
        other_assignment=_other_assignment(judged.submission, settings),
    )


def _words(judged: JudgedSubmission, report: Report) -> dict[str, str]:
    """What a person has to read, for each exercise that has a check to be marked by hand."""
    written = {
        judgement.exercise: f"[{judgement.words_place}]\n{judgement.words}"
        if judgement.words_place
        else judgement.words
        for judgement in judged.exercises
    }
    waiting = [item.id for item in report.exercises if any(check.status == "manual" for check in item.checks)]
    return {exercise: written[exercise] for exercise in waiting if written[exercise]}

"""``Bench``: a loaded course and a sandbox, by which files are graded and observed again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from grader.course.course import Course, CourseExercise
from grader.course.starters import handed_out
from grader.model import Report, Submission
from grader.pipeline.grader import Grader
from grader.pipeline.open_grader import OpenGrader
from grader.pipeline.options import GradingOptions
from grader.pipeline.settings import Settings, settings_of
from grader.sandbox.kept_runs import KeptRuns
from grader.submission.fingerprints import Handout


def settings_for(
    course: Course,
    exercises: Sequence[str] = (),
    *,
    asked: bool = True,
    seed: int = 0,
    timeout_s: float | None = None,
    threads: Literal[1, 2] = 1,
) -> Settings:
    """What a file is graded by. ``asked``: it is graded for these exercises, attempted or not; else it is looked for
    what it attempts of them. No exercises: all of the course. ``timeout_s``: seconds of a run; None: its own limit.
    ``threads``: those that torch computes with.

    Where a single exercise is asked for, the whole file is about it. The course's other exercises are not known then,
    and nothing counts as handed out but its own statement and starter, as references are judged without any handout. So
    what comes out, and the key under which it is kept, depend on the files of this exercise and on support modules.

    Raises UsageError for an exercise that the course does not have.
    """
    options = GradingOptions(
        course=course.root, exercises=tuple(exercises), seed=seed, timeout_s=timeout_s, skip_broken=True
    )
    # No report of a work is shown to anybody, so the course needs no other name.
    settings = replace(settings_of(course, options, name=course.root.name), threads=threads)
    if asked and len(settings.exercises) == 1:
        return replace(settings, others=(), questions=(), handout=given_with(settings.exercises[0]))
    return settings if asked else replace(settings, basis="found")


def given_with(item: CourseExercise) -> Handout:
    """What students are given with a single exercise."""
    starters = {item.exercise.id: item.starter} if item.starter else {}
    return handed_out(statements=[item.exercise.statement], starters=starters)


class Bench:
    """The course and the sandbox of one process. Graders are kept, so that references are judged once."""

    def __init__(
        self,
        course: Course,
        opened: OpenGrader,
        *,
        timeout_s: float | None = None,
        kept_runs: KeptRuns | None = None,
    ) -> None:
        """``timeout_s``: seconds of a run for which nothing else is asked; None: its own limit. ``kept_runs``: runs of
        submissions, by which these are judged again; None: everything runs.
        """
        self.course = course
        self._timeout_s = timeout_s
        self._opened = opened
        self._kept_runs = kept_runs
        self._graders: dict[tuple[object, ...], Grader] = {}
        self.grader()  # of all exercises first: their data is mounted when the worker starts, which ends other graders

    def grader(
        self,
        exercises: Sequence[str] = (),
        *,
        asked: bool = True,
        seed: int = 0,
        timeout_s: float | None = None,
        threads: Literal[1, 2] = 1,
    ) -> Grader:
        """A grader by what ``settings_for`` gives for these arguments."""
        timeout_s = self._timeout_s if timeout_s is None else timeout_s
        key = (tuple(exercises), asked, seed, timeout_s, threads)
        if key not in self._graders:
            settings = settings_for(
                self.course, exercises, asked=asked, seed=seed, timeout_s=timeout_s, threads=threads
            )
            self._graders[key] = self._opened.grader_by(settings, self.course, self._kept_runs)
        return self._graders[key]

    def grade(
        self,
        submission: Submission,
        exercises: Sequence[str] = (),
        *,
        asked: bool = True,
        seed: int = 0,
        timeout_s: float | None = None,
        threads: Literal[1, 2] = 1,
    ) -> Report:
        """Grade a submission. An exercise whose reference fails has the status ``error``. Raises SandboxError."""
        grader = self.grader(exercises, asked=asked, seed=seed, timeout_s=timeout_s, threads=threads)
        return grader.grade(submission)

"""Grades several submissions, none of which has another beside it when it runs.

A module of the student's own has to come along, and another student's file must not. Both are scripts that lie there,
and the difference shows when they run by themselves: a submission answers something, a helper answers nothing. So each
file runs with what its code names; what then turns out to be a submission is taken away, and who named it runs again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from grader.cli.hand_ins import HandIns, Place, answers, say
from grader.errors import SubmissionError
from grader.handin import (
    CompanionFinder,
    HandedFile,
    Handin,
    Remark,
    load_file,
    notices_of,
    paths_apart,
    with_companions,
    work_beside,
)

if TYPE_CHECKING:
    from grader.model import Report, Submission

Grade = Callable[["Submission"], "Report"]


def grade_all(handed: HandIns, grade: Grade) -> dict[str, Report]:
    """The reports of all files that could be read, by path. Raises what ``grade`` raises."""
    if len(handed.paths) == 1:
        return {path: grade(read) for path, read in handed.loaded.items()}
    several = [_Separated(handed.loaded[path], place) for path, place in handed.places.items()]
    first = {each.place.file.path: each.graded(grade, None) for each in several}
    submissions = {_real(path) for path, report in first.items() if answers(report)}
    known = {_real(path) for path in first}
    for each in several:
        for other in each.named_work:
            if _real(other.path) not in known:
                known.add(_real(other.path))
                if _answers_alone(other, each.place.handin, grade):
                    submissions.add(_real(other.path))
    say(remark for each in several for remark in each.remarks(submissions))
    return {
        each.place.file.path: _with_remarks(each.graded(grade, submissions), each.remarks(submissions))
        for each in several
    }


class _Separated:
    """A file that is graded beside others."""

    def __init__(self, read: Submission, place: Place) -> None:
        self.place = place
        self._read = read
        named = place.finder.named_files(place.file, [cell.code for cell in read.cells])
        self._named = frozenset(file.path for file in named)
        self._work = work_beside(place.handin, place.file, named)
        self._last: tuple[Submission, Report] | None = None

    @property
    def named_work(self) -> tuple[HandedFile, ...]:
        """What its code names and may be a submission."""
        return tuple(other for other in self._work if other.path in self._named)

    def graded(self, grade: Grade, submissions: Collection[str] | None) -> Report:
        """Its report without ``submissions`` beside it, given by their real paths; None: these are not known yet."""
        place = self.place
        apart = paths_apart(
            place.handin,
            place.file,
            self._work,
            named=self._named,
            submissions=None
            if submissions is None
            else [other.path for other in self._work if _real(other.path) in submissions],
        )
        read = with_companions(self._read, place.file, place.finder, apart).submission
        if self._last is None or self._last[0] != read:
            self._last = read, grade(read)
        return self._last[1]

    def remarks(self, submissions: Collection[str]) -> list[Remark]:
        """What is said of other submissions that its code names."""
        return [
            Remark(
                reason=f"Not there when {self.place.file.path} runs, because it is a submission of its own",
                path=other.path,
                advice="Where both are one student's, grade the file that names the other by itself.",
            )
            for other in self.named_work
            if _real(other.path) in submissions
        ]


def _with_remarks(report: Report, remarks: Iterable[Remark]) -> Report:
    """A report that says itself which files were not there: its errors are due to that."""
    notices = (*notices_of(remarks), *report.run.notices)
    return replace(report, run=replace(report.run, notices=notices))


def _answers_alone(file: HandedFile, handin: Handin, grade: Grade) -> bool:
    """Whether a file that lies beside submissions, and is not graded itself, is one."""
    with suppress(SubmissionError):
        return answers(grade(load_file(file, CompanionFinder(handin)).submission))
    return False


def _real(path: str) -> str:
    return os.path.realpath(path)

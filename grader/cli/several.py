"""Grades several submissions, none of which has another beside it when it runs.

A module of the student's own has to come along, and another student's file must not. Both are scripts that lie there,
and the difference shows when they run by themselves: a helper comes to its end and answers nothing. What answers
something is a submission; what fails may have failed before its answer, and counts as a submission too. So each file
runs with what its code names; what then turns out to be a submission is taken away, and who named it runs again.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from grader.cli.hand_ins import HandIns, Kind, Place, kind_of, say
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
    submissions = {_real(path): kind for path, report in first.items() if (kind := kind_of(report)) is not None}
    known = {_real(path) for path in first}
    for each in several:
        for other in each.named_work:
            if _real(other.path) not in known:
                known.add(_real(other.path))
                kind = _kind_alone(other, each.place.handin, grade)
                if kind is not None:
                    submissions[_real(other.path)] = kind
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

    def graded(self, grade: Grade, submissions: Mapping[str, Kind] | None) -> Report:
        """Its report without ``submissions`` beside it, given by their real paths; None: these are not known yet.

        What fails in a folder below may be a tool among the data of this file, which it does not take away with it.
        """
        place = self.place
        apart = paths_apart(
            place.handin,
            place.file,
            self._work,
            named=self._named,
            submissions=None
            if submissions is None
            else [
                other.path
                for other in self._work
                if (kind := submissions.get(_real(other.path))) == "answers"
                or (kind == "fails" and not _lies_below(other.name, place.file.name))
            ],
        )
        if submissions is not None:
            apart |= {other.path for other in self._work if _real(other.path) in submissions}
        read = with_companions(self._read, place.file, place.finder, apart).submission
        if self._last is None or self._last[0] != read:
            self._last = read, grade(read)
        return self._last[1]

    def remarks(self, submissions: Mapping[str, Kind]) -> list[Remark]:
        """What is said of other submissions that its code names."""
        return [
            Remark(
                reason=f"Not there when {self.place.file.path} runs, because it "
                + ("is a submission of its own" if kind == "answers" else "fails by itself, as a submission may"),
                path=other.path,
                advice="Where both are one student's, grade the file that names the other by itself.",
            )
            for other in self.named_work
            if (kind := submissions.get(_real(other.path))) is not None
        ]


def _with_remarks(report: Report, remarks: Iterable[Remark]) -> Report:
    """A report that says itself which files were not there: its errors are due to that."""
    notices = (*notices_of(remarks), *report.run.notices)
    return replace(report, run=replace(report.run, notices=notices))


def _kind_alone(file: HandedFile, handin: Handin, grade: Grade) -> Kind | None:
    """As ``kind_of``, of a file that lies beside submissions and is not graded itself."""
    with suppress(SubmissionError):
        return kind_of(grade(load_file(file, CompanionFinder(handin)).submission))
    return "fails" if file.name.endswith(".ipynb") else None  # its code can be read; other files may be data


def _lies_below(name: str, file: str) -> bool:
    folder, own = posixpath.dirname(name), posixpath.dirname(file)
    return folder != own and (own == "" or folder.startswith(f"{own}/"))


def _real(path: str) -> str:
    return os.path.realpath(path)

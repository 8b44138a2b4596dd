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
    several = SeparateReports(handed, grade)
    say(remark for path in handed.loaded for remark in several.remarks(path))
    return {path: several.report(path) for path in handed.loaded}


class SeparateReports:
    """The reports of several files, made when they are asked for. A file runs once, and again only where its code names
    what turns out to be a submission.
    """

    def __init__(self, handed: HandIns, grade: Grade) -> None:
        self._grade = grade
        self._alone = handed.loaded if len(handed.paths) == 1 else {}
        places = {} if self._alone else handed.places
        self._files = {path: _Separated(handed.loaded[path], place) for path, place in places.items()}
        self._by_real_path = {_real(path): file for path, file in self._files.items()}
        self._kinds: dict[str, Kind | None] = {}
        self._submissions: dict[str, dict[str, Kind]] = {}
        self._reports: dict[str, Report] = {}

    def report(self, path: str) -> Report:
        """The report of a file of ``HandIns.loaded``. Raises what ``grade`` raises."""
        if path not in self._reports:
            if path in self._alone:
                self._reports[path] = self._grade(self._alone[path])
            else:
                file = self._files[path]
                file.graded(self._grade, None)
                report = file.graded(self._grade, self._submissions_beside(path))
                self._reports[path] = _with_remarks(report, self.remarks(path))
        return self._reports[path]

    def remarks(self, path: str) -> list[Remark]:
        """What is said of other submissions that the code of a file names. Raises what ``grade`` raises."""
        return [] if path in self._alone else self._files[path].remarks(self._submissions_beside(path))

    def _submissions_beside(self, path: str) -> dict[str, Kind]:
        """What beside a file is a submission, by real path. Work in other folders that the code does not name is only
        graded for it where that decides which files are there.
        """
        if path not in self._submissions:
            file = self._files[path]
            found = self._kinds_of(file, file.named_work)
            unnamed = [other for other in file.work_in_other_folders if _real(other.path) in self._by_real_path]
            most: dict[str, Kind] = {_real(other.path): "answers" for other in unnamed}
            if unnamed and file.read(found) != file.read(found | most):
                found |= self._kinds_of(file, unnamed)
            self._submissions[path] = found
        return self._submissions[path]

    def _kinds_of(self, file: _Separated, others: Iterable[HandedFile]) -> dict[str, Kind]:
        """Those of ``others`` that are submissions, by real path."""
        kinds = {_real(other.path): self._kind(other, file.place.handin) for other in others}
        return {path: kind for path, kind in kinds.items() if kind is not None}

    def _kind(self, other: HandedFile, handin: Handin) -> Kind | None:
        real = _real(other.path)
        if real not in self._kinds:
            graded = self._by_real_path.get(real)
            self._kinds[real] = (
                _kind_alone(other, handin, self._grade) if graded is None else kind_of(graded.graded(self._grade, None))
            )
        return self._kinds[real]


class _Separated:
    """A file that is graded beside others."""

    def __init__(self, read: Submission, place: Place) -> None:
        self.place = place
        self._read = read
        named = place.finder.named_files(place.file, [cell.code for cell in read.cells])
        self._named = frozenset(file.path for file in named)
        self._work = work_beside(place.handin, place.file, named)
        self._graded: list[tuple[Submission, Report]] = []

    @property
    def named_work(self) -> tuple[HandedFile, ...]:
        """What its code names and may be a submission."""
        return tuple(other for other in self._work if other.path in self._named)

    @property
    def work_in_other_folders(self) -> tuple[HandedFile, ...]:
        """What its code does not name and may be a submission, in a folder that it does not lie in."""
        return tuple(
            other
            for other in self._work
            if other.path not in self._named
            and (folder := posixpath.dirname(other.name))
            and not self.place.file.name.startswith(f"{folder}/")
        )

    def graded(self, grade: Grade, submissions: Mapping[str, Kind] | None) -> Report:
        """Its report without ``submissions`` beside it; see ``read``."""
        read = self.read(submissions)
        for before, report in self._graded:
            if before == read:
                return report
        self._graded.append((read, grade(read)))
        return self._graded[-1][1]

    def read(self, submissions: Mapping[str, Kind] | None) -> Submission:
        """The file with what lies beside it when it runs, without ``submissions``, given by their real paths; None:
        these are not known yet.

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
        return with_companions(self._read, place.file, place.finder, apart).submission

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

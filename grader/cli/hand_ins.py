"""Reads what the paths on a command line stand for, and says on standard error what is wrong and passed over.

It is imported while the worker imports torch on another core.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from grader.cli import complain, note
from grader.errors import MissingError, SubmissionError
from grader.handin import (
    CompanionFinder,
    HandedFile,
    Handin,
    LoadedFile,
    Remark,
    WorkFiles,
    load_file,
    notices_of,
    read_handin,
)
from grader.handin.file_tree import UNREADABLE
from grader.handin.named_files import names_in
from grader.handin.reading import stands_for_many
from grader.text import count

if TYPE_CHECKING:
    from grader.model import Report, Submission

Kind = Literal["answers", "fails"]
"""Why a file counts as a submission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A file in its hand-in, with what finds its companion files."""

    handin: Handin
    file: HandedFile
    finder: CompanionFinder


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIns:
    """The files that are graded: ``paths`` in their order, of which each is in ``loaded`` or, with the reason, in
    ``broken``.
    """

    paths: tuple[str, ...]
    loaded: dict[str, Submission]
    broken: dict[str, str]
    exit_code: int
    """1 if anything cannot be read, else 0."""
    provisional: dict[str, str]
    """Files of hand-ins of which more than the assignment takes was handed in, with a sentence that says so."""
    imported: frozenset[str]
    """Modules that another file of their hand-in imports."""
    places: Mapping[str, Place]
    """Where the files of ``loaded`` lie."""

    def finished(self, graded: Mapping[str, Report]) -> dict[str, Report]:
        """The reports of those files that have one of their own.

        A module that another file imports has none if it comes to its end by itself and answers nothing: what it does
        shows in that file.
        """
        answering = {
            path for path, report in graded.items() if path not in self.imported or kind_of(report) is not None
        }
        helpers = [path for path in graded if path not in answering] if answering else []
        if helpers:
            reason = "No report of its own, since it answers nothing by itself and another file imports it"
            say(Remark(reason=reason, path=path) for path in helpers)
        return {path: self._finished(path, report) for path, report in graded.items() if path not in helpers}

    def finished_one(self, path: str, report: Report) -> Report | None:
        """The report of a single file, where those of the others are not known; None if it has none of its own."""
        is_helper = path in self.imported and kind_of(report) is None and not self.loaded.keys() <= self.imported
        return None if is_helper else self._finished(path, report)

    def _finished(self, path: str, report: Report) -> Report:
        why = self.provisional.get(path)
        if why is None:
            return report
        return replace(report, complete=False, run=replace(report.run, notices=(*report.run.notices, why)))


def read_hand_ins(paths: Sequence[str], work_files: Callable[[str, Collection[str]], WorkFiles]) -> HandIns:
    """Read what the paths stand for. A file that cannot be read costs only itself.

    ``work_files`` says which files of a folder or zip are graded, by its path and by the assignments that notebooks in
    it name.

    Raises MissingError where there is nothing at a path: it is mistyped, and the reports would lack it.
    """
    read = _read_all(dict.fromkeys(paths), work_files)
    files: dict[str, LoadedFile | SubmissionError] = {}
    for _, found in read:
        files = found | files
    broken = {path: file for path, file in files.items() if isinstance(file, SubmissionError)}
    loaded = {path: file for path, file in files.items() if not isinstance(file, SubmissionError)}
    in_order = dict.fromkeys(path for _, found in read for path in found)
    exit_code = max((complain(broken[path]) for path in in_order if path in broken), default=0)
    say(remark for handin, _ in read for remark in handin.remarks)
    say(remark for file in loaded.values() for remark in file.remarks)
    return HandIns(
        paths=tuple(in_order),
        loaded={path: file.submission for path, file in loaded.items()},
        broken={path: str(error) for path, error in broken.items()},
        exit_code=exit_code,
        provisional={file.path: why for handin, _ in read for file in handin.files if (why := _over_limit(handin))},
        imported=frozenset(path for handin, found in read for path in _imported(handin, found)),
        places={place.file.path: place for handin, _ in read for place in _places(handin) if place.file.path in loaded},
    )


def _places(handin: Handin) -> Iterator[Place]:
    finder = CompanionFinder(handin)
    return (Place(handin=handin, file=file, finder=finder) for file in handin.files)


def _read_all(
    paths: Iterable[str], work_files: Callable[[str, Collection[str]], WorkFiles]
) -> list[tuple[Handin, dict[str, LoadedFile | SubmissionError]]]:
    """The hand-ins at all paths. A folder or zip of which nothing can be graded is broken as a whole.

    All paths that do not exist are named before MissingError is raised.
    """
    read: list[tuple[Handin, dict[str, LoadedFile | SubmissionError]]] = []
    missing: list[MissingError] = []
    for path in paths:
        try:
            read.append(_read(path, work_files))
        except MissingError as error:
            missing.append(error)
        except SubmissionError as error:
            read.append((Handin(path=path, files=()), {path: error}))
    for mistyped in missing[:-1]:
        complain(mistyped)
    if missing:
        raise missing[-1]
    return read


def _read(
    path: str, work_files: Callable[[str, Collection[str]], WorkFiles]
) -> tuple[Handin, dict[str, LoadedFile | SubmissionError]]:
    """A hand-in with its files, as they were loaded, or why they cannot be. Raises as ``read_hand_ins`` does."""
    work = work_files(path, ()) if stands_for_many(path) else WorkFiles()
    handin = read_handin(path, work)
    files = _load(handin)
    if stands_for_many(path):
        stated = {file.submission.assignment for file in files.values() if not isinstance(file, SubmissionError)}
        again = work_files(path, stated - {""})
        if again != work:
            handin = read_handin(path, again)
            files = _load(handin)
    return handin, files


def _load(handin: Handin) -> dict[str, LoadedFile | SubmissionError]:
    finder = CompanionFinder(handin)
    files: dict[str, LoadedFile | SubmissionError] = {}
    for file in handin.files:
        try:
            files[file.path] = load_file(file, finder)
        except SubmissionError as error:
            files[file.path] = error
    for other in handin.others:
        folder, _, name = other.path.rpartition("/")
        if name == UNREADABLE:  # it may hold work
            files[folder] = SubmissionError(f"{folder}: the folder cannot be read: permission is denied.")
    return files


def _over_limit(handin: Handin) -> str:
    if not handin.over_limit:
        return ""
    more = count(len(handin.over_limit), "more file")
    were = "was" if len(handin.over_limit) == 1 else "were"
    return f"Provisional: {more} of this hand-in {were} not graded, because it has more than the assignment takes."


def _imported(handin: Handin, files: Mapping[str, LoadedFile | SubmissionError]) -> Iterator[str]:
    """The modules among a hand-in's files that another file imports, from its folder or from a package in it."""
    modules = [file for file in handin.files if file.name.endswith(".py")]
    if len(handin.files) == 1 or not modules:
        return
    for file in handin.files:
        loaded = files[file.path]
        if isinstance(loaded, SubmissionError):
            continue
        folder = file.name[: file.name.rfind("/") + 1]
        names = {f"{folder}{name}" for name in names_in(cell.code for cell in loaded.submission.cells).modules}
        for module in modules:
            package = module.name[len(folder) :].partition("/")[0]
            if (
                module is not file
                and module.name.startswith(folder)
                and names & {module.name.removesuffix(".py"), f"{folder}{package}"}
            ):
                yield module.path


def _answers(report: Report) -> bool:
    """Whether a report has anything right in an exercise that was attempted, or anything for a person to mark."""
    attempted = (exercise for exercise in report.exercises if exercise.status == "graded")
    return any(check.status in ("passed", "manual") for exercise in attempted for check in exercise.checks)


def kind_of(report: Report) -> Kind | None:
    """Whether a file answers something, or may have failed before it did; None: it is a helper.

    A module of a package fails where it imports what lies beside it with a dot, since it is run by itself: that tells
    nothing.
    """
    from grader.model import Outcome

    if _answers(report):
        return "answers"
    run = report.run
    is_of_a_package = bool(run.errors) and all(
        error.type == "ImportError" and error.text.startswith("attempted relative import") for error in run.errors
    )
    return "fails" if run.outcome is not Outcome.COMPLETED and not is_of_a_package else None


def say(remarks: Iterable[Remark]) -> None:
    """Print the remarks to standard error, a line for each reason."""
    for notice in notices_of(remarks):
        note(notice)

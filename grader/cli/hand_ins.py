"""Reads what the paths on a command line stand for, and says on standard error what is wrong and passed over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.cli import complain, note
from grader.errors import SubmissionError

if TYPE_CHECKING:
    from grader.handin import Handin, LoadedFile, Remark, WorkFiles
    from grader.model import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIns:
    """The files that are graded: ``paths`` in their order, of which each is in ``loaded`` or, with the reason, in
    ``broken``.
    """

    paths: tuple[str, ...]
    loaded: dict[str, Submission]
    broken: dict[str, str]
    exit_code: int
    """That of the errors that were printed; 0 if there were none."""


def read_hand_ins(paths: Sequence[str], work_files: Callable[[str, Collection[str]], WorkFiles]) -> HandIns:
    """Read what the paths stand for. A file that cannot be read costs only itself.

    ``work_files`` says which files of a folder or zip are graded, by its path and by the assignments that notebooks in
    it name.

    Raises SubmissionError where there is no such path, or nothing in it to grade.
    """
    read = [_read(path, work_files) for path in dict.fromkeys(paths)]
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
    )


def _read(
    path: str, work_files: Callable[[str, Collection[str]], WorkFiles]
) -> tuple[Handin, dict[str, LoadedFile | SubmissionError]]:
    """A hand-in with its files, as they were loaded, or why they cannot be. Raises as ``read_hand_ins`` does."""
    from grader.handin import WorkFiles, read_handin
    from grader.handin.reading import stands_for_many

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
    from grader.handin import CompanionFinder, load_file

    finder = CompanionFinder(handin)
    files: dict[str, LoadedFile | SubmissionError] = {}
    for file in handin.files:
        try:
            files[file.path] = load_file(file, finder)
        except SubmissionError as error:
            files[file.path] = error
    return files


def say(remarks: Iterable[Remark]) -> None:
    """Print the remarks to standard error, a line for each reason."""
    from grader.handin import notices_of

    for notice in notices_of(remarks):
        note(notice)

"""Reads what a path stands for as a hand-in: a file with what lies beside it, a folder, a zip, standard input."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from grader import submission
from grader.errors import SubmissionError
from grader.handin.archive import open_archive
from grader.handin.beside import small_folder
from grader.handin.companions import MAX_BYTES, MAX_FILES, CompanionFinder
from grader.handin.file_tree import FileTree
from grader.handin.folder import open_folder
from grader.handin.handins import HandedFile, Handin
from grader.handin.inner_zips import InnerZips
from grader.handin.remarks import Remark, notices_of
from grader.handin.skipped_files import HIDDEN_FOLDER, own_paths
from grader.handin.sorted_files import sort_files
from grader.handin.work_files import WorkFiles, is_zip
from grader.model import Submission
from grader.submission.files import missing, read_bytes, unreadable
from grader.text_bounds import bounded_path


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedFile:
    """A file of a hand-in as a submission, with its companion files. ``remarks`` are about these."""

    submission: Submission
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _NamedFile:
    """A file that the user named, or standard input, as a FileTree."""

    name: str
    stdin: BinaryIO | None = None
    sizes: Mapping[str, int]
    folders: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def read(self, path: str, limit: int) -> bytes:
        return read_bytes(path, self.stdin)[:limit]

    def close(self) -> None:
        """No file is kept open."""


def stands_for_many(path: str) -> bool:
    """Whether a path is that of a folder or a zip, which may have several files to grade."""
    return path != "-" and (is_zip(path) or os.path.isdir(path))  # noqa: PTH112 - Path.is_dir raises where a name is too long


def read_handin(path: str, work: WorkFiles, *, stdin: BinaryIO | None = None) -> Handin:
    """What a path stands for; ``-`` is standard input. A file that is named itself is work, whatever its name.

    Raises SubmissionError where there is no such path, or nothing in it is work.
    """
    if path == "-":
        return _single_file(path, stdin)
    try:
        place = Path(path)
        is_folder = place.is_dir()
        if not is_folder and not place.exists():
            raise missing(path)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if is_folder:
        return _whole(path, open_folder(place), work, "in this folder")
    if is_zip(place.name):
        return _whole(path, open_archive(place), work, "in this zip")
    return _single_file(path, stdin)


def load_file(file: HandedFile, finder: CompanionFinder) -> LoadedFile:
    """A file of a hand-in as a submission. Raises SubmissionError if it is damaged, too large or in no known format."""
    return with_companions(submission.read(file.read(), file.path), file, finder)


def with_companions(
    read: Submission, file: HandedFile, finder: CompanionFinder, apart: Collection[str] = frozenset()
) -> LoadedFile:
    """A submission with what lies beside its file. ``apart``: the paths of files that are not there."""
    found = finder.of(file, lambda: [cell.code for cell in read.cells], apart)
    return LoadedFile(submission=replace(read, companions=found.files, folder=found.folder), remarks=found.remarks)


def code_of(content: bytes, name: str) -> list[str]:
    """The code in a file's content; none if it is no submission."""
    try:
        return [cell.code for cell in submission.read(content, name).cells]
    except SubmissionError:
        return []


def load_alone(path: str) -> Submission:
    """A file of the instructor's, such as a reference solution, with what its code names beside it."""
    file = _named_file(path, None)
    handin = Handin(path=path, files=(file,), folder=Path(path).absolute().parent, is_whole=False)
    return load_file(file, CompanionFinder(handin)).submission


def _whole(path: str, tree: FileTree, work: WorkFiles, where: str) -> Handin:
    """A folder or a zip. An archive stays open until the process ends, as its files are read later."""
    kept = own_paths(tree.sizes, tree.folders, work)
    base = "" if Path(path) == Path() else Path(path).as_posix()
    listed = [
        HandedFile(
            path=posixpath.join(base, bounded_path(name)),
            name=bounded_path(name),
            size=tree.sizes[name],
            key=name,
            tree=tree,
        )
        for name in kept.files
    ]
    said = tuple(replace(remark, path=posixpath.join(base, remark.path)) for remark in (*tree.remarks, *kept.remarks))
    handin = sort_files(path, listed, work, InnerZips(), is_clone=_has_hidden_folder(kept.remarks))
    handin = replace(handin, remarks=(*said, *handin.remarks))
    if not handin.files:
        why = " ".join(notices_of(handin.remarks))
        what = f"no notebook (.ipynb), script (.py) or notes (.md, .qmd, .Rmd) {where}."
        if work.globs:
            what = f"none of the assignment's files ({', '.join(work.globs)}) {where}."
        raise SubmissionError(f"{path}: {what}{' ' if why else ''}{why}")
    return handin


def _has_hidden_folder(remarks: tuple[Remark, ...]) -> bool:
    return any(remark.kind == HIDDEN_FOLDER for remark in remarks)


def _single_file(path: str, stdin: BinaryIO | None) -> Handin:
    """A file with what lies beside it. Its content is read only later."""
    file = _named_file(path, stdin)
    if path == "-":
        return Handin(path=path, files=(file,))
    folder = Path(path).absolute().parent
    beside = small_folder(folder, MAX_FILES, MAX_BYTES)
    if beside is None:
        return Handin(path=path, files=(file,), folder=folder, is_whole=False)
    kept = own_paths(beside.sizes, (), WorkFiles())
    listed = [
        HandedFile(path=str(folder / each), name=bounded_path(each), size=beside.sizes[each], key=each, tree=beside)
        for each in kept.files
        if each != file.name
    ]
    others = sort_files(path, listed, WorkFiles(), InnerZips()).everything
    return Handin(path=path, files=(file,), others=tuple(sorted(others, key=lambda other: other.name)), folder=folder)


def _named_file(path: str, stdin: BinaryIO | None) -> HandedFile:
    name, size = path, 0
    if path != "-":
        name = Path(path).name
        try:
            size = Path(path).stat().st_size
        except FileNotFoundError:
            raise missing(path) from None
        except (OSError, ValueError) as error:
            raise unreadable(path, error) from None
    return HandedFile(path=path, name=name, size=size, key=path, tree=_NamedFile(name=name, stdin=stdin, sizes={}))

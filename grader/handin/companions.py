"""Companion files: what else was handed in and lies where a submission runs, such as data and modules."""

from __future__ import annotations

import fnmatch
import heapq
import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import SubmissionError
from grader.handin.beside import files_named_by
from grader.handin.handins import HandedFile, Handin
from grader.handin.named_files import named_files, names_in
from grader.handin.remarks import Remark
from grader.model import CompanionFile
from grader.submission.file_names import NOTES, suffix_of

MAX_BYTES = 8 * 1024**2
MAX_FILES = 200
MAX_LISTED = 2_000
"""How many files of a hand-in are considered, small ones first: the time for each graded file is bounded."""

_REPORTS = (b'"grader.result/', b'"grader.student/')
_OWN_DATABASE = b"alembic_version"
_DOCUMENTS = frozenset({".ipynb", *NOTES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Companions:
    """What lies around a submission when it runs.

    ``folder`` is where in the hand-in it runs: empty, or its own folder where files outside of that belong to the
    hand-in. The paths of ``files`` count from the hand-in's root, or else from its own folder.
    """

    folder: str = ""
    files: tuple[CompanionFile, ...] = ()
    remarks: tuple[Remark, ...] = ()


class CompanionFinder:
    """Finds the companion files of each file of a hand-in. Contents are kept, because its files share them."""

    def __init__(self, handin: Handin) -> None:
        self._handin = handin
        everything = handin.everything
        self._is_small = len(everything) <= MAX_FILES + 1 and sum(file.size for file in everything) <= MAX_BYTES
        self._files = heapq.nsmallest(MAX_LISTED, everything, key=lambda file: (file.size, file.name))
        self._contents: dict[str, bytes | None] = {}
        self.has_others = len(everything) > 1
        """The hand-in has more than one file."""

    def of(
        self, file: HandedFile, code: Callable[[], Iterable[str]], apart: Collection[str] = frozenset()
    ) -> Companions:
        """All other files, if they are at most MAX_FILES with MAX_BYTES. Else those that the code names, then small
        ones. Other notebooks and notes are there only if the code names them: no code imports them, and in a folder of
        several students' work they are others' answers. Files that cannot be read are left out.

        ``code`` gives the pieces of the file's code; it is called only if they are needed. ``apart``: the paths of
        files that are not there (``neighbours``).
        """
        folder = self._handin.folder
        others = [other for other in self._others(file, code) if other.path not in apart]
        if not self._handin.is_whole:
            named = {other.path for other in others}
        else:
            documents = {other.path for other in others if suffix_of(other.name) in _DOCUMENTS}
            named = self._named(file, others, code()) if documents or not self._is_small else set()
            others = [other for other in others if other.path in named or other.path not in documents]
        chosen = self._chosen(file, others, named)
        if folder is None:
            return chosen
        return replace(chosen, remarks=(*chosen.remarks, *_about_files_above(code(), folder)))

    def named(self, file: HandedFile, code: Iterable[str]) -> frozenset[str]:
        """The names of the files of the hand-in that a file's code names."""
        return frozenset(other.name for other in self.named_files(file, code))

    def named_files(self, file: HandedFile, code: Iterable[str]) -> tuple[HandedFile, ...]:
        """The files of the hand-in that a file's code names."""
        code = tuple(code)
        others = self._others(file, lambda: code)
        paths = self._named(file, others, code)
        return tuple(other for other in others if other.path in paths)

    def content(self, file: HandedFile) -> bytes | None:
        """What is in a file; None if it cannot be read, or if the grader wrote it: it may hold expected values, or
        others' marks.
        """
        if file.path not in self._contents:
            content = None
            with suppress(SubmissionError):
                content = file.read() if file.size <= MAX_BYTES else None
            if content is not None and _is_of_the_grader(content):
                content = None
            self._contents[file.path] = content
        return self._contents[file.path]

    def _others(self, file: HandedFile, code: Callable[[], Iterable[str]]) -> list[HandedFile]:
        handin = self._handin
        if handin.folder is not None and not handin.is_whole:
            return files_named_by(code(), handin.folder, MAX_FILES)
        return [other for other in self._files if other.path != file.path]

    def _named(self, file: HandedFile, others: Iterable[HandedFile], code: Iterable[str]) -> set[str]:
        """The paths of the files that the code names."""
        places = _Listed(posixpath.dirname(file.name), {other.name: other for other in others})
        found = named_files(code, places, lambda name: self.content(places.files[name]) or b"", MAX_FILES)
        return {places.files[name].path for name in found}

    def _chosen(self, file: HandedFile, others: Iterable[HandedFile], named: set[str]) -> Companions:
        found: dict[str, bytes] = {}
        left_out: list[HandedFile] = []
        room = MAX_BYTES
        for other in sorted(others, key=lambda other: (other.path not in named, other.size, other.name)):
            if other.size > room or len(found) >= MAX_FILES:
                left_out.append(other)
                continue
            content = self.content(other)
            if content is not None and other.name not in found and other.name != file.name:
                room -= len(content)
                found[other.name] = content
        own = posixpath.dirname(file.name)
        inside = f"{own}/" if own else ""
        folder = own if any(not name.startswith(inside) for name in found) else ""
        if not folder:
            found = {name.removeprefix(inside): content for name, content in found.items()}
        why = f"Not there when the code runs, because at most {MAX_BYTES // 1024**2} MiB in {MAX_FILES} files are"
        return Companions(
            folder=folder,
            files=tuple(CompanionFile(name, content) for name, content in sorted(found.items())),
            remarks=tuple(Remark(reason=why, path=other.path) for other in left_out if other.path in named),
        )


class _Listed:
    """Looks up what code names in the files of a hand-in. ``files`` by their names."""

    def __init__(self, folder: str, files: dict[str, HandedFile]) -> None:
        self._folder = folder
        self.files = files
        self._below: dict[str, list[str]] = {}
        for name in files:
            above = posixpath.dirname(name)
            while above:
                self._below.setdefault(above, []).append(name)
                above = posixpath.dirname(above)

    def files_at(self, path: str) -> Iterator[str]:
        name = posixpath.normpath(posixpath.join(self._folder, path))
        if name in self.files:
            yield name
        yield from self._below.get(name, ())

    def matching(self, pattern: str) -> Iterable[str]:
        return fnmatch.filter(self.files, posixpath.normpath(posixpath.join(self._folder, pattern)))


def _is_of_the_grader(content: bytes) -> bool:
    start = content[:512]
    if start.startswith(b"SQLite format 3\0"):
        return _OWN_DATABASE in content
    return start.lstrip().startswith((b"{", b"[")) and any(sign in start for sign in _REPORTS)


def _about_files_above(code: Iterable[str], folder: Path) -> Iterator[Remark]:
    """Remarks about files outside of the folder of a single file that its code names and that exist."""
    pieces = [piece for piece in code if ".." in piece]
    for text in names_in(pieces).texts if pieces else ():
        with suppress(OSError, ValueError):
            if text.startswith("../") and (folder / text).exists():
                yield Remark(
                    reason="Not there when the code runs, because it lies outside of the folder of the file",
                    path=text,
                    advice="Grade the folder that everything lies in, or a zip of it.",
                )

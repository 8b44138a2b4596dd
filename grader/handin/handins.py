"""What one student handed in, as values. The content of a file is read only when it is asked for."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import SubmissionError
from grader.handin.file_tree import FileTree
from grader.handin.remarks import Remark
from grader.submission.size_limits import MAX_BYTES, check_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedFile:
    """A file that was handed in.

    ``path`` is where it lies: the path that the user gave, or the path in the folder or archive of a class; for a file
    in a student's zip, the zip's path is part of it. ``name`` is what the student called it, in the hand-in: without
    prefixes that a platform added, with the student's own folders (``data/points.csv``). Long ones are cut in their
    middle (``text_bounds.bounded_path``). ``size`` is in bytes, as the file system or the archive states it. ``key`` is
    its path in ``tree``, uncut.
    """

    path: str
    name: str
    size: int
    key: str
    tree: FileTree = field(repr=False, compare=False)

    def read(self) -> bytes:
        """Its content. Raises SubmissionError where it is too large, damaged or no longer there."""
        raw = self.start(MAX_BYTES + 1)
        check_bytes(len(raw), self.path)
        return raw

    def start(self, limit: int) -> bytes:
        """Its first bytes. Raises SubmissionError as ``read`` does."""
        check_bytes(self.size, self.path)
        try:
            return self.tree.read(self.key, limit)
        except SubmissionError as error:
            # The tree knows the file by its path in it.
            raise SubmissionError(f"{self.path}: {str(error).removeprefix(f'{self.key}: ')}") from None


MAX_DIGESTED = 100
"""How many files of a hand-in are read in order to tell whether it has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handin:
    """What was handed in together: a file with what lies beside it, a folder, a zip, or a student's part of a class.

    ``path`` is where it lies. ``files`` are the work: what is graded. ``over_limit`` is work that is not graded,
    because there is more than the assignment takes. ``others`` are all other files: data, modules, a PDF. All are
    sorted by name. ``remarks`` say what is not graded or not read, and why. ``folder`` is that of a single file.
    ``is_whole``: all that lies in it is handed in with the file; otherwise, in a folder that may be a home, only what
    the file's code names.
    """

    path: str
    files: tuple[HandedFile, ...]
    others: tuple[HandedFile, ...] = ()
    over_limit: tuple[HandedFile, ...] = ()
    remarks: tuple[Remark, ...] = ()
    folder: Path | None = None
    is_whole: bool = True

    @property
    def everything(self) -> tuple[HandedFile, ...]:
        return (*self.files, *self.over_limit, *self.others)


def content_digest(handin: Handin) -> str:
    """A digest of what was handed in, by which a person's marks know it again where nothing of it can be graded.

    Empty if nothing was handed in. Of files that cannot be read, or are beyond ``MAX_DIGESTED``, name and size count.
    """
    files = sorted((*handin.files, *handin.over_limit, *handin.others), key=lambda file: (file.name, file.path))
    if not files:
        return ""
    digest = hashlib.sha256()
    for number, file in enumerate(files):
        content = b""
        if number < MAX_DIGESTED:
            with suppress(SubmissionError):
                content = file.read()
        about = f"{file.name}\0{file.size}\0{hashlib.sha256(content).hexdigest()}\n"
        digest.update(about.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()

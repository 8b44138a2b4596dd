"""A student's own zip as a FileTree: what ``hw.zip`` in a hand-in holds. A zip in it is not opened.

A class may hold thousands of zips, so they are listed once, and only the zip that was read last stays in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.errors import SubmissionError
from grader.handin.archive import Archive, archive_of
from grader.handin.handins import HandedFile
from grader.handin.remarks import Remark
from grader.submission.size_limits import MAX_BYTES

MAX_MEMBERS = 2_000
MAX_UNPACKED = 8 * MAX_BYTES
"""Bytes of all members together, as the zip states them. A member cannot have more bytes than it states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerZip:
    """A student's zip. It is opened again when a file of it is read."""

    name: str
    sizes: Mapping[str, int]
    folders: tuple[str, ...]
    remarks: tuple[Remark, ...]
    zipped: HandedFile
    zips: InnerZips = field(repr=False, compare=False)

    def read(self, path: str, limit: int) -> bytes:
        try:
            return self.zips.open(self.zipped).read(path, limit)
        except SubmissionError as error:
            text = str(error)
            raise SubmissionError(text if text.startswith(self.zipped.path) else f"{self.zipped.path}/{text}") from None

    def close(self) -> None:
        self.zips.close()


class InnerZips:
    """Opens students' zips, one at a time."""

    def __init__(self) -> None:
        self._zipped: HandedFile | None = None
        self._archive: Archive | None = None

    def list(self, zipped: HandedFile) -> InnerZip:
        """Raises SubmissionError for a zip that is damaged, malicious, or too large."""
        archive = self.open(zipped)
        if len(archive.sizes) > MAX_MEMBERS:
            raise SubmissionError(f"{zipped.path}: more than {MAX_MEMBERS:,} files in it.")
        if sum(archive.sizes.values()) > MAX_UNPACKED:
            raise SubmissionError(f"{zipped.path}: more than {MAX_UNPACKED // 1024**2} MiB when it is unpacked.")
        return InnerZip(
            name=archive.name,
            sizes=archive.sizes,
            folders=archive.folders,
            remarks=archive.remarks,
            zipped=zipped,
            zips=self,
        )

    def open(self, zipped: HandedFile) -> Archive:
        """The zip, which stays open until another one is opened. Raises SubmissionError where it cannot be opened."""
        if self._archive is None or self._zipped is not zipped:
            self.close()
            self._zipped, self._archive = zipped, archive_of(zipped.read(), zipped.path)
        return self._archive

    def close(self) -> None:
        if self._archive is not None:
            self._archive.close()
        self._zipped, self._archive = None, None

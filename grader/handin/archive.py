"""A zip as a FileTree. Nothing is unpacked to disk: members are read into memory. Damage is a SubmissionError."""

from __future__ import annotations

import contextlib
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from grader.errors import SubmissionError, reason_of
from grader.handin.file_tree import MAX_FILES
from grader.handin.name_list import list_names
from grader.handin.remarks import Remark
from grader.submission.other_formats import START, other_format
from grader.text import capitalized

_MAX_DEPTH = 64
_MAX_NAME = 4096
_ENCRYPTED, _UTF_8 = 0x1, 0x800
"""Bits of a member's flags (general purpose bit flag)."""
_WINDOWS = (0, 10, 11)
"""Systems that write backslashes between folders: those of MS-DOS and Windows."""
_ADVICE = "Download it again; or unpack it, and name the folder."
# Everything that Python's zipfile is known to raise for a damaged or manipulated archive.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, OverflowError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An open zip. ``members`` are those that may be read, by their paths."""

    name: str
    sizes: Mapping[str, int]
    folders: tuple[str, ...]
    remarks: tuple[Remark, ...]
    members: Mapping[str, zipfile.ZipInfo] = field(repr=False)
    file: zipfile.ZipFile = field(repr=False)

    def read(self, path: str, limit: int) -> bytes:
        member = self.members.get(path)
        if member is None:
            raise SubmissionError(f"{path}: no longer in the archive.")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SubmissionError(
                f"{path}: compressed with a method that cannot be read (method {member.compress_type}). "
                "Unpack the archive and name the folder, or zip it in the usual way (deflate)."
            )
        try:
            with self.file.open(member) as content:
                return content.read(limit)
        except _DAMAGE:
            raise SubmissionError(f"{path}: damaged inside the archive. {_ADVICE}") from None

    def close(self) -> None:
        self.file.close()


def open_archive(path: Path) -> Archive:
    """Lists a zip. Raises SubmissionError for a file that is no zip, and for a damaged or malicious zip."""
    start = _start(path)
    try:
        file = zipfile.ZipFile(path)
    except _DAMAGE:
        if start.startswith(b"PK") or not start:
            raise _damaged(path) from None
        raise _not_a_zip(path, start) from None
    return _checked(file, path, path.stat().st_size)


def archive_of(content: bytes, path: str) -> Archive:
    """Lists a zip whose content is in memory. ``path`` appears in messages. Raises SubmissionError as ``open_archive``
    does.
    """
    try:
        file = zipfile.ZipFile(BytesIO(content))
    except _DAMAGE:
        what = None if content.startswith(b"PK") else other_format(content[:START])
        raise (_damaged(Path(path)) if what is None else SubmissionError(f"{path}: {what}")) from None
    return _checked(file, Path(path), len(content))


def _checked(file: zipfile.ZipFile, path: Path, size: int) -> Archive:
    try:
        members = file.infolist()
        _check(members, path, size)
        return _listed(members, path, file)
    except BaseException:
        file.close()
        raise


def _damaged(path: Path) -> SubmissionError:
    return SubmissionError(f"{path}: this zip is damaged, or cut short. {_ADVICE}")


def _start(path: Path) -> bytes:
    try:
        if not path.is_file():  # opening a pipe would block forever
            raise _not_a_zip(path)
        with path.open("rb") as file:
            return file.read(START)
    except OSError as error:
        raise SubmissionError(f"{path}: the file cannot be read: {reason_of(error)}.") from None


def _not_a_zip(path: Path, start: bytes = b"") -> SubmissionError:
    what = other_format(start)
    return SubmissionError(
        f"{path}: neither a folder nor a zip. Name the folder, or the zip, that holds what the students handed in; "
        f"unpack other archives first.{'' if what is None else f' {capitalized(what)}'}"
    )


def _check(members: Sequence[zipfile.ZipInfo], path: Path, size: int) -> None:
    """Raises SubmissionError for an archive that is refused as a whole. ``size`` is that of the zip."""
    if len(members) > MAX_FILES:
        raise SubmissionError(f"{path}: more than {MAX_FILES:,} members. Is this the archive that was meant?")
    encrypted = [_path(member) for member in members if member.flag_bits & _ENCRYPTED]
    if encrypted:
        raise SubmissionError(
            f"{path}: encrypted: {list_names(encrypted)}. Unpack the archive with its password, and name the folder."
        )
    if sum(member.compress_size for member in members) > size:
        raise SubmissionError(f"{path}: its members overlap, as in malicious archives. Ask where it comes from.")


def _listed(members: Sequence[zipfile.ZipInfo], path: Path, file: zipfile.ZipFile) -> Archive:
    accepted: dict[str, zipfile.ZipInfo] = {}
    folders: list[str] = []
    duplicates: dict[str, None] = {}
    refused: list[Remark] = []
    for member in members:
        name = _path(member)
        if (reason := _refusal(member, name)) is not None:
            refused.append(Remark(reason=f"Refused, because {reason}", path=name))
            continue
        normalized = "/".join(part for part in name.split("/") if part not in ("", "."))
        if name.endswith("/"):
            folders.append(normalized)
        elif normalized:
            if normalized in accepted:
                duplicates[normalized] = None
            accepted[normalized] = member
    twice = "More than once in the archive, where the last one counts"
    return Archive(
        name=path.stem,
        sizes={name: member.file_size for name, member in accepted.items()},
        folders=tuple(folder for folder in folders if folder),
        remarks=(*refused, *(Remark(reason=twice, path=name) for name in duplicates)),
        members=accepted,
        file=file,
    )


def _path(member: zipfile.ZipInfo) -> str:
    """A member's path. macOS writes UTF-8 names without the flag for it; Python then decodes them as code page 437.
    Some programs of Windows write backslashes between folders.
    """
    name = member.orig_filename
    if not member.flag_bits & _UTF_8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    if member.create_system in _WINDOWS:
        name = name.replace("\\", "/")
    return unicodedata.normalize("NFC", name)


def _refusal(member: zipfile.ZipInfo, name: str) -> str | None:
    """Why a member is refused, as a clause that follows "because"; None where it is accepted."""
    parts = name.split("/")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if any(unicodedata.category(character) == "Cc" for character in name):
        return "there are control characters in the name"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts:
        return "the name leads out of the archive"
    if "\\" in name:
        return "there is a backslash in the name"
    if len(parts) > _MAX_DEPTH or len(name) > _MAX_NAME:
        return "the name is too long"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it is a link or a device, not a file"
    return None

"""A zip as a tree: nothing is unpacked, members are read in memory, and what is wrong with it is said in words."""

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
from pathlib import Path

from grader.classroom.intake.files import MAX_FILES, reason_of
from grader.classroom.intake.words import some
from grader.errors import SubmissionError

_MAX_DEPTH = 64
_MAX_NAME = 4096
_ENCRYPTED, _UTF_8 = 0x1, 0x800
"""Bits of a member's flags."""
_ADVICE = "Download it again; or unpack it, and name the folder."
# All that Python's reader is known to raise for an archive that was damaged, or made to deceive it.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, OverflowError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An open zip. ``members`` are those that are fit to be read, by their paths."""

    name: str
    sizes: Mapping[str, int]
    folders: tuple[str, ...]
    notices: tuple[str, ...]
    members: Mapping[str, zipfile.ZipInfo] = field(repr=False)
    file: zipfile.ZipFile = field(repr=False)

    def read(self, path: str, limit: int) -> bytes:
        member = self.members[path]
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SubmissionError(
                f"{path}: packed in a way that is not read (method {member.compress_type}). "
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
    """Lists a zip. Raises SubmissionError for what is none, for a damaged one, and for one that is made to do harm."""
    start = _start(path)
    try:
        file = zipfile.ZipFile(path)
    except _DAMAGE:
        if start == b"PK" or not start:
            raise SubmissionError(f"{path}: this zip is damaged, or cut short. {_ADVICE}") from None
        raise _no_zip(path) from None
    try:
        members = file.infolist()
        _check(members, path)
        return _listed(members, path, file)
    except BaseException:
        file.close()
        raise


def _start(path: Path) -> bytes:
    try:
        if not path.is_file():  # opening a pipe would wait for ever
            raise _no_zip(path)
        with path.open("rb") as file:
            return file.read(2)
    except OSError as error:
        raise SubmissionError(f"{path}: the file cannot be read: {reason_of(error)}.") from None


def _no_zip(path: Path) -> SubmissionError:
    return SubmissionError(
        f"{path}: neither a folder nor a zip. Name the folder, or the zip, that holds what the students handed in; "
        "unpack other archives first."
    )


def _check(members: Sequence[zipfile.ZipInfo], path: Path) -> None:
    """Raises SubmissionError where the archive as a whole is not to be trusted."""
    if len(members) > MAX_FILES:
        raise SubmissionError(f"{path}: more than {MAX_FILES:,} members. Is this the archive that was meant?")
    encrypted = [_path(member) for member in members if member.flag_bits & _ENCRYPTED]
    if encrypted:
        raise SubmissionError(
            f"{path}: encrypted: {some(encrypted)}. Unpack the archive with its password, and name the folder."
        )
    if sum(member.compress_size for member in members) > path.stat().st_size:
        raise SubmissionError(
            f"{path}: its members overlap, as in archives that are made to do harm. Ask where it comes from."
        )


def _listed(members: Sequence[zipfile.ZipInfo], path: Path, file: zipfile.ZipFile) -> Archive:
    good: dict[str, zipfile.ZipInfo] = {}
    folders: list[str] = []
    doubled: dict[str, None] = {}
    refused: dict[str, list[str]] = {}
    for member in members:
        name = _path(member)
        if (why := _refusal(member, name)) is not None:
            refused.setdefault(why, []).append(name)
            continue
        place = "/".join(part for part in name.split("/") if part not in ("", "."))
        if name.endswith("/"):
            folders.append(place)
        elif place:
            if place in good:
                doubled[place] = None
            good[place] = member
    notices = [f"Refused, because {why}: {some(names)}." for why, names in refused.items()]
    if doubled:
        notices.append(f"More than once in the archive, where the last one counts: {some(list(doubled))}.")
    return Archive(
        name=path.stem,
        sizes={place: member.file_size for place, member in good.items()},
        folders=tuple(place for place in folders if place),
        notices=tuple(notices),
        members=good,
        file=file,
    )


def _path(member: zipfile.ZipInfo) -> str:
    """A member's name as it was meant: macOS writes UTF-8 and does not say so, and Python then reads code page 437."""
    name = member.orig_filename
    if not member.flag_bits & _UTF_8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return unicodedata.normalize("NFC", name)


def _refusal(member: zipfile.ZipInfo, name: str) -> str | None:
    """Why a member is not read, in words that follow "because"; None: it is."""
    parts = name.split("/")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if any(unicodedata.category(sign) == "Cc" for sign in name):
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

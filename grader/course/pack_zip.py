"""A pack as one zip file: how it is written, and where it is unpacked when somebody grades with it.

It is unpacked once, into the user's cache folder, under a hash of its content.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from grader.cache_folder import cache_folder
from grader.errors import UsageError, reason_of

MAX_BYTES = 512 * 1024**2
"""Of a zip, and of all that is in it."""
MAX_FILES = 10_000
OLDEST = (1980, 1, 1, 0, 0, 0)
"""The time of every member: a zip needs one, and when it was made says nothing."""


def zip_of(files: Mapping[str, bytes], folder: str) -> bytes:
    """A zip in which these files lie in a folder; the same bytes for the same files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(f"{folder}/{name}", OLDEST)
            member.external_attr = 0o100644 << 16
            member.create_system = 3  # as on Linux, wherever it is written
            archive.writestr(member, files[name], zipfile.ZIP_DEFLATED, compresslevel=9)
    return written.getvalue()


def unpacked_folder(path: Path, *, named_by: str, holds: str) -> Path:
    """The folder of the pack in a zip: it has a file ``named_by`` and a folder that it ``holds``.

    Raises UsageError where there is none in it.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path} is no pack: it is larger than {MAX_BYTES // 1024**2} MB.")
        content = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(archive, path)
            top = _top_folder(archive, path, named_by=named_by, holds=holds)
            return _unpacked(archive, path, top, hashlib.sha256(content).hexdigest())
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise UsageError(f"{path} cannot be read as a pack: {reason_of(error)}.") from error


def _files_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [member for member in archive.infolist() if not member.is_dir()]


def _check_sizes(archive: zipfile.ZipFile, path: Path) -> None:
    members = _files_in(archive)
    if len(members) > MAX_FILES or sum(member.file_size for member in members) > MAX_BYTES:
        raise UsageError(f"{path} is no pack: it holds more than {MAX_FILES} files or {MAX_BYTES // 1024**2} MB.")


def _unpacked(archive: zipfile.ZipFile, path: Path, top: str, digest: str) -> Path:
    cache = cache_folder()
    if cache is None:
        raise UsageError(f"{path} cannot be unpacked: there is no cache folder here. Unpack it, and name the folder.")
    place = cache / "packs" / digest[:32]
    root = place / (top or path.stem)
    if not root.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=place.parent))
        try:
            for member in _files_in(archive):
                target = made / (member.filename if top else f"{path.stem}/{member.filename}")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(member))
            with suppress(OSError):  # another process was faster
                made.rename(place)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return root


def _top_folder(archive: zipfile.ZipFile, path: Path, *, named_by: str, holds: str) -> str:
    """The folder in the zip that is the pack; empty where the zip itself is."""
    places = [PurePosixPath(member.filename) for member in _files_in(archive)]
    if any(place.is_absolute() or ".." in place.parts or "\\" in str(place) for place in places):
        raise UsageError(f"{path} is no pack: a file in it would lie outside of its folder.")
    found = [place for place in places if place.name == named_by and len(place.parts) <= 2]
    if len(found) != 1:
        raise UsageError(
            f"{path} is no pack: it needs one file {named_by}, as `grade pack` writes it. Of another course, unpack "
            "it and name its folder."
        )
    top = str(found[0].parent) if len(found[0].parts) == 2 else ""
    if not any(place.is_relative_to(PurePosixPath(top, holds)) for place in places):
        raise UsageError(f"{path} is no pack: it has no exercises.")
    if any(not place.is_relative_to(top) for place in places):
        raise UsageError(f"{path} is no pack: files lie beside its folder {top}.")
    return top

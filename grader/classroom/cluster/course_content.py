"""A course as an archive, which a worker of a cluster unpacks into a folder of its own.

The archive has the parts of a course, the files that its assignments name, and the data that the batch needs. It has
regular files only: of a link it has what the link leads to. The same files give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from grader.course.course_files import present
from grader.course.course_layers import EXTENDS, WITHOUT, Layers
from grader.course.course_parts import CHECKS_FILE, COURSE_FILE, PARTS, SUPPORT
from grader.errors import CourseError, reason_of
from grader.language import yaml_file
from grader.language.yaml_file import shown

if TYPE_CHECKING:
    from grader.course.course import Course

MAX_BYTES = 512 * 1024**2
"""Limits the files of a course together, as they are on disk."""
MAX_FILES = 20_000
MAX_LIST_BYTES = 8 * 1024**2
"""Limits the list of files in an archive."""
_PIECE = 1024**2
_SIZE_BYTES = 8
BASES = ".bases"
"""The folder of an archive with the courses that the course builds on, by their positions in the stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseContent:
    """``name`` is that of the course's folder; ``digest`` is the SHA-256 of the archive."""

    name: str
    archive: bytes
    digest: str
    layers: tuple[str, ...] = ()
    """The folders of the course and of its bases, as messages show them."""
    roots: tuple[Path, ...] = ()
    """The same folders, resolved."""

    def trusted_layers(self, trusted: Collection[Path]) -> list[int]:
        """The positions of the layers whose ``checks.py`` may be imported, by their folders."""
        return [position for position, root in enumerate(self.roots) if root in trusted]


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    name: str
    """The path in the course, with slashes."""
    path: Path
    size: int
    is_executable: bool
    content: bytes | None = None
    """What is sent in the place of the file's own content."""


def pack_course(course: Course, assignment: str | None) -> CourseContent:
    """Raises CourseError where a file cannot be read, or where the course is too large to be sent.

    ``assignment``: the data of other assignments is left out.
    """
    root = course.root.absolute()
    files, folders = _find(course, assignment)
    total = sum(file.size for file in files)
    if total > MAX_BYTES or len(files) > MAX_FILES:
        raise CourseError(_too_large(root, files, total))
    head = json.dumps(
        {"files": [[file.name, file.size, file.is_executable] for file in files], "folders": folders}
    ).encode()
    packer = zlib.compressobj(6)
    pieces = [packer.compress(len(head).to_bytes(_SIZE_BYTES, "big") + head)]
    for file in files:
        pieces += [packer.compress(piece) for piece in _pieces(file)]
    archive = b"".join((*pieces, packer.flush()))
    return CourseContent(
        name=root.resolve().name or "course",
        archive=archive,
        digest=hashlib.sha256(archive).hexdigest(),
        layers=tuple(str(shown(layer)) for layer in course.layers.roots),
        roots=tuple(layer.resolve() for layer in course.layers.roots),
    )


def unpack_course(archive: BinaryIO, folder: Path) -> None:
    """Unpack an archive into a new folder. Raises CourseError where it is none, or holds what no course has.

    What submissions must not see is readable by nobody but the user who unpacks it.
    """
    reader = _Reader(archive)
    try:
        head = json.loads(reader.read(min(int.from_bytes(reader.read(_SIZE_BYTES), "big"), MAX_LIST_BYTES)))
        files = [(_checked(name), int(size), bool(executable)) for name, size, executable in head["files"]]
        folders = [_checked(name) for name in head["folders"]]
        if len(files) > MAX_FILES or sum(size for _, size, _ in files) > MAX_BYTES or any(n < 0 for _, n, _ in files):
            raise ValueError("it is larger than a course may be")
        folder.mkdir(mode=0o700)
        for name in folders:
            _make_folder(folder, name)
        for name, size, executable in files:
            _make_folder(folder, name.parent)
            _write(folder / name, reader, size, 0o755 if executable else 0o644)
        if reader.read_some(1):
            raise ValueError("there is more in it than it says")
    except (ValueError, KeyError, TypeError, RecursionError, FileExistsError, zlib.error) as error:
        raise CourseError(f"The course that was sent is damaged: {error}.") from error
    # Of another user, which a submission is where the grader is root, all is hidden but helper modules and data.
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        folder.chmod(0o711)


class _Reader:
    """Reads an archive piece by piece, so that a small archive cannot fill the memory."""

    def __init__(self, archive: BinaryIO) -> None:
        self._archive = archive
        self._unpacker = zlib.decompressobj()

    def read(self, size: int) -> bytes:
        """Just so many bytes. Raises ValueError where there are less."""
        data = bytearray()
        while len(data) < size:
            piece = self.read_some(size - len(data))
            if not piece:
                raise ValueError("it ends too early")
            data += piece
        return bytes(data)

    def read_some(self, size: int) -> bytes:
        """At most ``size`` bytes; none at the end."""
        while not self._unpacker.eof:
            packed = self._unpacker.unconsumed_tail or self._archive.read(_PIECE)
            piece = self._unpacker.decompress(packed, min(size, _PIECE))
            if piece or not packed:
                return piece
        return b""


def folder_of_layer(position: int) -> str:
    """Where in the archive a layer of the course lies: the course itself at the top, a base in a folder of its own."""
    return f"{BASES}/{position}" if position else ""


def _find(course: Course, assignment: str | None) -> tuple[list[_File], list[str]]:
    """The files that are sent, and the folders that have to be there even where they are empty."""
    found: dict[str, _File] = {}
    folders = []
    layers = course.layers
    for position, root in enumerate(layers.roots):
        top = PurePosixPath(folder_of_layer(position))
        for part in PARTS:
            if (root / part).is_dir():
                folders.append(str(top / part))
            _add(found, _files_below(root, part, top))
        if layers.layers[position].bases:
            _add(found, [_settings(layers, position, str(top / COURSE_FILE))])
            found.pop(str((top / COURSE_FILE).with_suffix(".yml")), None)
    for known in course.assignments:
        for path in (*known.handout, *([known.data] if known.data is not None else [])):
            position, name = layers.position_of(path), layers.place_of(path)
            top = PurePosixPath(folder_of_layer(position))
            if path == known.data:
                folders.append(str(top / name))  # an assignment that is not graded needs it to be there
            if path != known.data or assignment in (None, known.id):
                _add(found, _files_below(layers.roots[position].absolute(), name, top))
    return [found[name] for name in sorted(found)], sorted(set(folders))


def _settings(layers: Layers, position: int, name: str) -> _File:
    """The ``course.yaml`` of a layer that builds on others, which lie in the archive."""
    path = present(layers.roots[position] / COURSE_FILE)
    up = "../" * len(PurePosixPath(folder_of_layer(position)).parts)
    bases = zip(layers.layers[position].bases, layers.positions_of_bases(position), strict=True)
    folders = {base.name: f"{up}{folder_of_layer(at)}" for base, at in bases}
    data = {**yaml_file.load(path).data, EXTENDS: list(folders.values())}
    if WITHOUT in data:
        split = (one.rpartition("/") for one in data[WITHOUT])
        data[WITHOUT] = [f"{folders[base]}/{exercise}" if base else exercise for base, _, exercise in split]
    content = json.dumps(data).encode()  # a JSON text is a YAML text
    return _File(name=name, path=path, size=len(content), is_executable=False, content=content)


def _add(found: dict[str, _File], files: Iterable[_File]) -> None:
    for file in files:
        found[file.name] = file
        if len(found) > MAX_FILES:
            return  # said by whoever counts them


def _files_below(root: Path, name: str, top: PurePosixPath) -> Iterator[_File]:
    """A file of the course, or all files of a folder. Links to folders in it are not followed. ``top``: where the
    course lies in the archive.
    """
    start, name = root / name, (top / name).as_posix()
    try:
        if start.is_file():
            yield _file(start, name)
            return
        for parent, folders, names in os.walk(start.resolve()):
            folders[:] = sorted(folder for folder in folders if folder != "__pycache__")
            place = PurePosixPath(name, Path(parent).relative_to(start.resolve()).as_posix())
            for entry in sorted(names):
                path = Path(parent, entry)
                if path.is_file():
                    yield _file(path, (place / entry).as_posix())
    except OSError as error:
        raise CourseError(f"{start} cannot be sent to the cluster: {reason_of(error)}.") from error


def _file(path: Path, name: str) -> _File:
    about = path.stat()
    return _File(name=name, path=path, size=about.st_size, is_executable=bool(about.st_mode & 0o100))


def _pieces(file: _File) -> Iterator[bytes]:
    left = file.size
    if file.content is not None:
        yield file.content
        return
    try:
        with file.path.open("rb") as opened:
            while left and (piece := opened.read(min(left, _PIECE))):
                left -= len(piece)
                yield piece
    except OSError as error:
        raise CourseError(f"{file.path} cannot be sent to the cluster: {reason_of(error)}.") from error
    if left:
        raise CourseError(f"{file.path} was changed while it was read; run the same command again.")


def _too_large(root: Path, files: list[_File], total: int) -> str:
    if len(files) > MAX_FILES:
        return (
            f"The course {root} has more than {MAX_FILES:,} files, too many to be sent to the workers of a cluster. "
            "Put data with many files into an archive, which the helper modules of the course can read."
        )
    largest = ", ".join(
        f"{file.name} ({file.size / 1024**2:,.0f} MB)" for file in sorted(files, key=lambda file: -file.size)[:3]
    )
    return (
        f"The course {root} has {total / 1024**2:,.0f} MB in its files, and at most {MAX_BYTES // 1024**2} MB are sent "
        f"to the workers of a cluster. The largest are {largest}."
    )


def _checked(name: object) -> PurePosixPath:
    if not isinstance(name, str) or "\0" in name:
        raise ValueError("a file has no name that can be used")
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts:
        raise ValueError(f"`{name}` would lie outside its folder")
    return path


def _make_folder(root: Path, name: PurePosixPath) -> None:
    for depth, _ in enumerate(name.parts, 1):
        part = PurePosixPath(*name.parts[:depth])
        is_shown = _part_of(part) not in PARTS or _part_of(part) == SUPPORT
        folder = root / part
        if not folder.is_dir():
            folder.mkdir(mode=0o700)
            folder.chmod(0o755 if is_shown else 0o700)  # whatever the umask


def _part_of(path: PurePosixPath) -> str:
    """The part of a course, or of one of its bases, that a path lies in."""
    return path.parts[2] if path.parts[0] == BASES and len(path.parts) > 2 else path.parts[0]


def _write(path: Path, reader: _Reader, size: int, mode: int) -> None:
    mode = mode & 0o700 if path.name in (COURSE_FILE, CHECKS_FILE) else mode
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        os.fchmod(opened, mode)
        while size:
            piece = reader.read(min(size, _PIECE))
            file.write(piece)
            size -= len(piece)

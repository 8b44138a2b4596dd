"""A folder of the file system as a FileTree. Links are not followed."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import SubmissionError, reason_of
from grader.handin.file_tree import MAX_FILES, UNREADABLE
from grader.handin.remarks import Remark
from grader.handin.skipped_files import ENVIRONMENT_FILE, is_skipped_folder, is_system_file
from grader.handin.work_files import may_be_work


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder without its links: a link may lead to another student's work, or to a solution."""

    name: str
    sizes: Mapping[str, int]
    folders: tuple[str, ...]
    remarks: tuple[Remark, ...]
    system_paths: Mapping[str, Path] = field(repr=False)
    """The file system's path for each path of ``sizes``, which may be spelled otherwise (Unicode forms)."""

    def read(self, path: str, limit: int) -> bytes:
        try:
            with open(self.system_paths[path], "rb", opener=_open_no_link) as file:
                return file.read(limit)
        except OSError as error:
            raise SubmissionError(f"{path}: the file cannot be read: {reason_of(error)}.") from None

    def close(self) -> None:
        """A folder holds no open file."""


def open_folder(path: Path) -> Folder:
    """Lists a folder. Raises SubmissionError where it cannot be listed or holds too many files."""
    root = path.resolve()
    try:
        next(root.iterdir(), None)
    except OSError as error:
        raise SubmissionError(f"{path}: the folder cannot be read: {reason_of(error)}.") from None
    system_paths: dict[str, Path] = {}
    sizes: dict[str, int] = {}
    folders: list[str] = []
    links: list[str] = []
    unreadable: list[str] = []
    duplicates: list[str] = []

    def is_forbidden(error: OSError) -> None:
        relative = _relative(error.filename, root)
        unreadable.append(relative)
        sizes[f"{relative}/{UNREADABLE}"], system_paths[f"{relative}/{UNREADABLE}"] = 0, Path(error.filename)

    for found in _walk(root, is_forbidden):
        relative = _relative(found, root)
        try:
            if found.is_symlink():
                links.append(relative)
            elif found.is_dir():
                folders.append(relative)
            elif not found.is_file():  # a pipe, a device
                unreadable.append(relative)
            elif relative in sizes:  # the same name in composed and decomposed Unicode
                duplicates.append(relative)
            else:
                sizes[relative], system_paths[relative] = found.stat().st_size, found
        except OSError:  # forbidden, or deleted since
            unreadable.append(relative)
        if len(sizes) > MAX_FILES:
            raise SubmissionError(f"{path}: more than {MAX_FILES:,} files. Is this the folder that was meant?")
    skipped = {
        "Links that were not followed": links,
        "Skipped, because they cannot be read": unreadable,
        "Skipped, because another file's name looks the same": duplicates,
    }
    return Folder(
        name=root.name,
        sizes=sizes,
        folders=tuple(folders),
        remarks=tuple(Remark(reason=why, path=path) for why, paths in skipped.items() for path in paths),
        system_paths=system_paths,
    )


def _walk(root: Path, fail: Callable[[OSError], None]) -> Iterator[Path]:
    """Everything below a folder. Skipped folders are listed, but not what lies in them.

    A folder that wraps everything is no virtual environment, whatever lies in it.
    """
    wrapping = root
    for parent, folders, files in os.walk(root, onerror=fail):
        place = Path(parent)
        yield from (place / name for name in sorted((*folders, *files)))
        folders[:] = [name for name in folders if not is_skipped_folder(name)]
        if place != wrapping:
            is_environment = ENVIRONMENT_FILE in files and not any(map(may_be_work, files))
            folders[:] = [] if is_environment else folders
        elif len(folders) == 1 and all(is_system_file(name) or name == ENVIRONMENT_FILE for name in files):
            wrapping = place / folders[0]


def _open_no_link(path: str, flags: int) -> int:
    """Opens a file, but no link or pipe that has replaced it since it was listed."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _relative(path: Path | str, root: Path) -> str:
    """The path below the root as text; bytes that are no text are written as ``\\xe9``."""
    raw = os.fsencode(os.path.relpath(path, root).replace(os.sep, "/"))
    return unicodedata.normalize("NFC", raw.decode("utf-8", "backslashreplace"))

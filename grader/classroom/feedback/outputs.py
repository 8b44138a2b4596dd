"""Where the files of feedback go: a folder, or a zip that is there as a whole or not at all.

Nothing that is there already is written over unless the user said so, and no file is left half written.
"""

from __future__ import annotations

import errno
import os
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from grader.errors import UsageError, reason_of

EXISTS = "there is another file of this name already"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class NotWrittenError(Exception):
    """A file could not be written. ``is_final``: no other can be, either."""

    def __init__(self, why: str, *, exists: bool = False, is_final: bool = False) -> None:
        super().__init__(why)
        self.exists = exists
        self.is_final = is_final


class FeedbackOutput(Protocol):
    def write(self, path: tuple[str, ...], content: bytes) -> None:
        """Write a file at a safe path. Raises NotWrittenError."""


def open_output(path: Path, *, replace: bool) -> AbstractContextManager[FeedbackOutput]:
    """A zip where the name ends in ``.zip``, else a folder. ``replace``: write over what is there.

    A zip without any file is not written. Raises UsageError where nothing can be written.
    """
    return (
        _zip_output(path, replace=replace) if path.suffix.lower() == ".zip" else _folder_output(path, replace=replace)
    )


@contextmanager
def _folder_output(folder: Path, *, replace: bool) -> Iterator[FeedbackOutput]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        why = "it is a file" if isinstance(error, FileExistsError) else reason_of(error)
        raise UsageError(f"Feedback cannot be written to {folder}: {why}.") from error
    yield _Folder(folder, replace=replace)


class _Folder:
    def __init__(self, folder: Path, *, replace: bool) -> None:
        self._folder = folder
        self._replace = replace

    def write(self, path: tuple[str, ...], content: bytes) -> None:
        target = self._folder.joinpath(*path)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.is_dir():
                raise NotWrittenError("there is a folder of this name")
            if self._replace or not os.path.lexists(target):
                _write_whole(target, content)
            elif not _has(target, content):
                raise NotWrittenError(EXISTS, exists=True)
        except OSError as error:
            raise NotWrittenError(reason_of(error), is_final=error.errno in _FULL) from error


def _has(target: Path, content: bytes) -> bool:
    """Whether it is a file with this content, so that there is nothing to write."""
    return target.is_file() and target.stat().st_size == len(content) and target.read_bytes() == content


def _write_whole(target: Path, content: bytes) -> None:
    """A link at ``target`` is replaced, and what it leads to stays as it is."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".feedback-")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        _publish(temporary, target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _publish(temporary: Path, target: Path) -> None:
    """Give a finished file its name, with the permissions of any new file: temporary ones are for their owner alone."""
    mask = os.umask(0)
    os.umask(mask)
    temporary.chmod(0o666 & ~mask)
    temporary.replace(target)


@contextmanager
def _zip_output(path: Path, *, replace: bool) -> Iterator[FeedbackOutput]:
    if path.is_dir():
        raise UsageError(f"Feedback cannot be written to {path}: it is a folder.")
    if not replace and os.path.lexists(path):
        raise UsageError(f"There is a file {path} already. Name another one, or say --replace to write over it.")
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".feedback-", suffix=".zip")
    except (OSError, ValueError) as error:
        raise UsageError(f"Feedback cannot be written to {path}: {reason_of(error)}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            yield _Zip(archive)
            is_empty = not archive.namelist()
        if not is_empty:
            _publish(Path(name), path)
    except OSError as error:
        raise UsageError(
            f"Feedback could not be written to {path}: {reason_of(error)}. Nothing was written."
        ) from error
    finally:
        with suppress(OSError):
            Path(name).unlink()  # it is not there any more where all went well


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._now = time.localtime()[:6]

    def write(self, path: tuple[str, ...], content: bytes) -> None:
        member = zipfile.ZipInfo("/".join(path), date_time=self._now)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.external_attr = 0o644 << 16
        self._archive.writestr(member, content)

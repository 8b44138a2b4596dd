"""Files and folders of submissions: what a path stands for, and a file's bytes."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from grader.errors import SubmissionError, reason_of
from grader.submission.file_formats import SUFFIXES
from grader.submission.size_limits import MAX_BYTES
from grader.suggestions import closest

SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})
SKIPPED_FILES = frozenset({"changelog", "code_of_conduct", "contributing", "license", "readme", "security"})
"""Names (without suffix, in lower case) of documents that lie in many folders and are not submissions."""


def find(paths: Sequence[str]) -> tuple[str, ...]:
    """The files that ``paths`` stand for, without duplicates. A folder stands for all notebooks, scripts and Markdown
    notes below it, sorted.

    Skipped in folders: hidden files and folders, checkpoints, virtual environments, a README and similar documents,
    plain text, and links to files outside of their folder (a link to a solution is not a submission).

    Raises SubmissionError for a missing path and for a folder without submissions.
    """
    found: dict[str, None] = {}
    for path in paths:
        try:
            is_folder = path != "-" and Path(path).is_dir()
            if path != "-" and not is_folder and not Path(path).exists():
                raise _missing(path)
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from None
        files = sorted(_submissions_below(path)) if is_folder else [path]
        if not files:
            raise SubmissionError(
                f"{path}: no notebook (.ipynb), script (.py) or notes (.md, .qmd, .Rmd) in this folder."
            )
        found.update(dict.fromkeys(files))
    return tuple(found)


def read_bytes(path: str, stdin: BinaryIO | None = None) -> bytes:
    """The content of a file, or of standard input for ``-``: at most MAX_BYTES + 1 bytes, so that the caller can tell
    that a file is too large.

    Raises SubmissionError if it cannot be read.
    """
    if path == "-":
        return (stdin or sys.stdin.buffer).read(MAX_BYTES + 1)
    try:
        if _links_outside(Path(path)):
            raise SubmissionError(f"{path}: a link that leads out of its folder. Name the file itself.")
        with open(path, "rb", opener=_open_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SubmissionError(f"{path}: a pipe or a device, not a file. `grade -` reads a pipe.")
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _missing(path) from None
    except IsADirectoryError:
        raise SubmissionError(f"{path}: this is a folder, not a notebook, script or notes.") from None
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a link to itself
        raise _unreadable(path, error) from None


def _open_without_waiting(path: str, flags: int) -> int:
    """Opens a named pipe at once; without O_NONBLOCK, ``open`` waits until somebody writes into it."""
    return os.open(path, flags | os.O_NONBLOCK)


def _links_outside(path: Path) -> bool:
    """Whether a path is a symbolic link whose target is outside of the link's folder."""
    return path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())


def _unreadable(path: str, error: OSError | ValueError | RuntimeError) -> SubmissionError:
    return SubmissionError(f"{path}: the file cannot be read: {reason_of(error)}.")


def _missing(path: str) -> SubmissionError:
    """Suggests the nearest existing name. If a folder of the path is missing, that folder is named instead."""
    wanted = Path(path)
    if wanted.is_symlink():
        return SubmissionError(f"{path}: a link that leads nowhere.")
    while not wanted.parent.is_dir():
        wanted = wanted.parent
    names = [entry.name for entry in wanted.parent.iterdir()]
    by_stem = {Path(name).stem: name for name in names if name.lower().endswith(SUFFIXES)}
    near = closest(wanted.name, [*by_stem, *names])
    hint = f"; did you mean {wanted.parent / by_stem.get(near, near)}?" if near else "."
    what = "no such file" if wanted == Path(path) else f"there is no folder {wanted}"
    return SubmissionError(f"{path}: {what}{hint}")


def _submissions_below(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = (name for name in folders if not _is_skipped_folder(Path(parent, name)))
        for name in files:
            path = Path(parent, name)
            if name.startswith(".") or path.suffix.lower() not in SUFFIXES or not path.is_file():
                continue
            if path.stem.lower() in SKIPPED_FILES and path.suffix != ".py":
                continue
            if not _links_outside(path):
                yield str(path)


def _is_skipped_folder(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in SKIPPED_FOLDERS or (folder / "pyvenv.cfg").exists()

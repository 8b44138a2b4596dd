"""Submissions: from a path to the cells that a student wrote, in plain Python.

    find       the files that paths and folders stand for
    load       one file: bytes, by notebook or script, to a Submission
    notebook   .ipynb of every format          script    .py, with or without # %% cells
    syntax     magics and shell escapes        headings  what the text around a cell says

A student's file is read with care: whatever is in it, the outcome is a Submission or one SubmissionError, in seconds.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Literal

from grader.errors import SubmissionError
from grader.model import Submission
from grader.submission import notebook, script
from grader.submission.bounds import MAX_BYTES, check_bytes

__all__ = ["find", "load"]

_SUFFIXES = (".ipynb", ".py")
# Browsers save a notebook under these, and a pipe has no suffix at all: what is inside decides.
_UNCERTAIN_SUFFIXES = ("", ".json", ".txt")
_SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})


def load(path: str, *, stdin: BinaryIO | None = None) -> Submission:
    """Reads one notebook or script; ``-`` is standard input, whose content tells which of both it is.

    Raises SubmissionError, with what to do, where the file is missing, damaged, too large or neither of both.
    """
    name = "standard input" if path == "-" else path
    raw = _read(path, stdin)
    check_bytes(len(raw), name)
    kind = _kind(path, raw)
    cells, prose = notebook.read(raw, name) if kind == "ipynb" else script.read(raw, name)
    return Submission(path=path, format=kind, sha256=hashlib.sha256(raw).hexdigest(), cells=cells, prose=prose)


def find(paths: Sequence[str]) -> tuple[str, ...]:
    """The files that ``paths`` name, each once; a folder stands for all notebooks and scripts below it, sorted.

    Left out of a folder are hidden files and folders, checkpoints, virtual environments, and links that lead out of
    it: a link to a solution is not a submission. Raises SubmissionError for a missing path or an empty folder.
    """
    found: dict[str, None] = {}
    for path in paths:
        try:
            is_folder = path != "-" and Path(path).is_dir()
            if path != "-" and not is_folder and not Path(path).exists():
                raise _missing(path)
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from None
        files = sorted(_below(path)) if is_folder else [path]
        if not files:
            raise SubmissionError(f"{path}: no notebook (.ipynb) or script (.py) in this folder.")
        found.update(dict.fromkeys(files))
    return tuple(found)


def _read(path: str, stdin: BinaryIO | None) -> bytes:
    """At most one byte more than is allowed."""
    if path == "-":
        return (stdin or sys.stdin.buffer).read(MAX_BYTES + 1)
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _missing(path) from None
    except IsADirectoryError:
        raise SubmissionError(f"{path}: this is a folder, not a notebook or script.") from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: str, error: OSError | ValueError) -> SubmissionError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return SubmissionError(f"{path}: the file cannot be read: {reason}.")


def _missing(path: str) -> SubmissionError:
    """The nearest existing name is suggested: of files here, or of the folder where that is what is missing."""
    wanted = Path(path)
    while not wanted.parent.is_dir():
        wanted = wanted.parent
    names = [entry.name for entry in wanted.parent.iterdir()]
    by_stem = {Path(name).stem: name for name in names if name.endswith(_SUFFIXES)}
    near = difflib.get_close_matches(wanted.name, [*by_stem.values(), *by_stem, *names], n=1)
    hint = f"; did you mean {wanted.parent / by_stem.get(near[0], near[0])}?" if near else "."
    what = "no such file" if wanted == Path(path) else f"there is no folder {wanted}"
    return SubmissionError(f"{path}: {what}{hint}")


def _below(folder: str) -> Iterator[str]:
    root = Path(folder).resolve()
    for parent, folders, files in os.walk(folder):
        folders[:] = (name for name in folders if not _is_skipped(Path(parent, name)))
        for name in files:
            path = Path(parent, name)
            if name.startswith(".") or path.suffix.lower() not in _SUFFIXES or not path.is_file():
                continue
            if not path.is_symlink() or path.resolve().is_relative_to(root):
                yield str(path)


def _is_skipped(folder: Path) -> bool:
    hidden = folder.name.startswith(".")
    return hidden or folder.name in _SKIPPED_FOLDERS or (folder / "pyvenv.cfg").exists()


def _kind(path: str, raw: bytes) -> Literal["ipynb", "py"]:
    suffix = "" if path == "-" else Path(path).suffix.lower()
    if suffix == ".ipynb":
        return "ipynb"
    if suffix == ".py":
        return "py"
    if suffix in _UNCERTAIN_SUFFIXES:
        start = raw.removeprefix(b"\xef\xbb\xbf").lstrip()
        if start.startswith(b"{") and any(key in raw for key in (b'"cells"', b'"worksheets"', b'"nbformat"')):
            return "ipynb"
        if not suffix:
            return "py"
    raise SubmissionError(f"{path}: neither a notebook (.ipynb) nor a script (.py).")

"""Submissions: from a path to the cells that a student wrote, in plain Python.

    find       the files that paths and folders stand for
    load       one file: bytes, by notebook, script or notes, to a Submission; read: the same from bytes

    kinds      which of these a file is        contents    collects what any of them finds
    notebook   .ipynb of every format          syntax      magics and shell escapes
    script     .py, with or without # %%       transcript  console sessions
    notes      Markdown and plain text         recovery    code that is broken
    headings   what the text around a cell says    siblings    modules that lie beside the file
    light      scripts that Jupytext wrote      python      Python's own parser

A student's file is read with care: whatever is in it, the outcome is a Submission or one SubmissionError, in seconds.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from grader.errors import SubmissionError
from grader.model import Submission
from grader.submission import notebook, notes, script
from grader.submission.bounds import MAX_BYTES, check_bytes
from grader.submission.file_kinds import SUFFIXES, kind_of
from grader.submission.local_modules import modules_beside
from grader.suggestions import closest

__all__ = ["SKIPPED_FILES", "SKIPPED_FOLDERS", "find", "load", "read"]

SKIPPED_FOLDERS = frozenset({"__pycache__", "node_modules", "site-packages"})
# Markdown that lies in folders and is nobody's answer.
SKIPPED_FILES = frozenset({"changelog", "code_of_conduct", "contributing", "license", "readme", "security"})


def load(path: str, *, stdin: BinaryIO | None = None) -> Submission:
    """Reads one notebook, script or notes, with the modules beside it that it imports; ``-`` is standard input, whose
    content tells which of these it is.

    Raises SubmissionError, with what to do, where the file is missing, damaged, too large or none of these.
    """
    submission = read(_read(path, stdin), path)
    return submission if path == "-" else replace(submission, companions=modules_beside(submission))


def read(raw: bytes, path: str) -> Submission:
    """The same for a file's content that is there already; ``path`` tells its kind, and stands in messages."""
    name = "standard input" if path == "-" else path
    check_bytes(len(raw), name)
    kind = kind_of(path, raw)
    if kind == "ipynb":
        contents = notebook.read(raw, name)
    elif kind == "py":
        contents = script.read(raw, name)
    else:
        contents = notes.read(raw, name, markdown=Path(path).suffix.lower() not in (".text", ".txt"))
    return Submission(
        path=path,
        format=kind,
        sha256=hashlib.sha256(raw).hexdigest(),
        cells=contents.cells,
        prose=contents.prose,
    )


def find(paths: Sequence[str]) -> tuple[str, ...]:
    """The files that ``paths`` name, each once; a folder stands for all notebooks, scripts and Markdown notes
    below it, sorted.

    Left out of a folder are hidden files and folders, checkpoints, virtual environments, a README and its like, plain
    text, and links that lead out of theirs: a link to a solution is not a submission. Raises SubmissionError for a
    missing path or an empty folder.
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
            raise SubmissionError(
                f"{path}: no notebook (.ipynb), script (.py) or notes (.md, .qmd, .Rmd) in this folder."
            )
        found.update(dict.fromkeys(files))
    return tuple(found)


def _read(path: str, stdin: BinaryIO | None) -> bytes:
    """At most one byte more than is allowed."""
    if path == "-":
        return (stdin or sys.stdin.buffer).read(MAX_BYTES + 1)
    try:
        if _leads_out(Path(path)):
            raise SubmissionError(f"{path}: a link that leads out of its folder. Name the file itself.")
        with open(path, "rb", opener=_open_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SubmissionError(f"{path}: a pipe or a device, not a file. `grade -` reads a pipe.")
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _missing(path) from None
    except IsADirectoryError:
        raise SubmissionError(f"{path}: this is a folder, not a notebook, script or notes.") from None
    except (OSError, ValueError, RuntimeError) as error:  # the last for a link to itself
        raise _unreadable(path, error) from None


def _open_at_once(path: str, flags: int) -> int:
    """Opens without waiting for whoever is to write into a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def _leads_out(path: Path) -> bool:
    """Whether a file is a link to what does not lie in its folder: a solution, say, or what is nobody's answer."""
    return path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())


def _unreadable(path: str, error: OSError | ValueError | RuntimeError) -> SubmissionError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return SubmissionError(f"{path}: the file cannot be read: {reason}.")


def _missing(path: str) -> SubmissionError:
    """The nearest existing name is suggested: of files here, or of the folder where that is what is missing."""
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


def _below(folder: str) -> Iterator[str]:
    for parent, folders, files in os.walk(folder):
        folders[:] = (name for name in folders if not _is_skipped(Path(parent, name)))
        for name in files:
            path = Path(parent, name)
            if name.startswith(".") or path.suffix.lower() not in SUFFIXES or not path.is_file():
                continue
            if path.stem.lower() in SKIPPED_FILES and path.suffix != ".py":
                continue
            if not _leads_out(path):
                yield str(path)


def _is_skipped(folder: Path) -> bool:
    hidden = folder.name.startswith(".")
    return hidden or folder.name in SKIPPED_FOLDERS or (folder / "pyvenv.cfg").exists()

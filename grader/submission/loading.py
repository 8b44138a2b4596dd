"""Loads one submission: reads the file, and has the reader of its format split it into cells."""

from __future__ import annotations

import hashlib
from typing import BinaryIO

from grader.model import Submission
from grader.submission import notebook, notes, script
from grader.submission.file_formats import format_of
from grader.submission.file_names import suffix_of
from grader.submission.files import read_bytes
from grader.submission.size_limits import check_bytes


def load(path: str, *, stdin: BinaryIO | None = None) -> Submission:
    """Loads a notebook, a script or notes, without companion files (see ``grader.handin``).

    The path ``-`` stands for standard input, whose format is told from its content.

    Raises SubmissionError, with advice, if the file is missing, damaged, too large or in no known format.
    """
    return read(read_bytes(path, stdin), path)


def read(raw: bytes, path: str) -> Submission:
    """Reads a submission from the content of a file. ``path`` determines the format and appears in messages.

    Raises SubmissionError as ``load`` does.
    """
    name = "standard input" if path == "-" else path
    check_bytes(len(raw), name)
    kind = format_of(path, raw)
    if kind == "ipynb":
        contents = notebook.read(raw, name)
    elif kind == "py":
        contents = script.read(raw, name)
    else:
        contents = notes.read(raw, name, markdown=suffix_of(path) not in (".text", ".txt"))
    return Submission(
        path=path,
        format=kind,
        sha256=hashlib.sha256(raw).hexdigest(),
        cells=contents.cells,
        prose=contents.prose,
        assignment=contents.assignment,
        titles=contents.titles,
    )

"""Loads one submission: reads the file, has the reader of its format split it into cells, and adds local modules."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from grader.model import Submission
from grader.submission import notebook, notes, script
from grader.submission.file_formats import format_of
from grader.submission.files import read_bytes
from grader.submission.local_modules import find_local_modules
from grader.submission.size_limits import check_bytes


def load(path: str, *, stdin: BinaryIO | None = None) -> Submission:
    """Loads a notebook, a script or notes, with the modules from the same folder that it imports.

    The path ``-`` stands for standard input, whose format is told from its content.

    Raises SubmissionError, with advice, if the file is missing, damaged, too large or in no known format.
    """
    submission = read(read_bytes(path, stdin), path)
    return submission if path == "-" else replace(submission, companions=find_local_modules(submission))


def read(raw: bytes, path: str) -> Submission:
    """Reads a submission from the content of a file. ``path`` determines the format and appears in messages.

    Local modules are not looked for. Raises SubmissionError as ``load`` does.
    """
    name = "standard input" if path == "-" else path
    check_bytes(len(raw), name)
    kind = format_of(path, raw)
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
        assignment=contents.assignment,
        titles=contents.titles,
    )

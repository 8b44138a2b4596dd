"""What kind of file was handed in, by its name and by what is in it; what is none, in words."""

from __future__ import annotations

import ast
from pathlib import Path

from grader.errors import SubmissionError
from grader.model import Format
from grader.submission.code_or_output import is_typed
from grader.submission.console_session import is_prompt
from grader.submission.python_parser import parse
from grader.submission.size_limits import MAX_CODE, check_text

SUFFIXES = (".ipynb", ".py", ".md", ".markdown", ".qmd", ".rmd")
"""Of the files that a folder is searched for."""
_NOTES = (".md", ".markdown", ".qmd", ".rmd")
# Browsers save a notebook under these, and a pipe has no suffix at all: what is inside decides.
_UNCERTAIN = ("", ".json", ".text", ".txt")
_ADVICE = "Hand in the notebook itself (.ipynb); in Jupyter: File > Save, or File > Download."
_DOCUMENTS = {
    b"%PDF-": "this is a PDF. " + _ADVICE,
    b"PK\x03\x04": "this is an archive or an office document. Hand in the notebook (.ipynb), script or notes in it.",
    b"\xd0\xcf\x11\xe0": "this is an office document. Hand in the notebook (.ipynb), script or notes as plain text.",
    b"{\\rtf": "this is text with formats (RTF). Save it as plain text, and hand in that file.",
    b"\x1f\x8b": "this is a compressed file. Unpack it, and hand in the notebook, script or notes in it.",
}


def format_of(path: str, raw: bytes) -> Format:
    """The format that a file is to be read in. ``path`` is ``-`` for standard input.

    Raises SubmissionError for a file that is empty, and for one that is none of these.
    """
    name = "standard input" if path == "-" else path
    suffix = "" if path == "-" else Path(path).suffix.lower()
    start = raw[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start and not raw.strip():
        raise SubmissionError(
            f"{name}: the file is empty ({len(raw)} bytes). Save it where it was written, and hand it in again."
        )
    for sign, what in _DOCUMENTS.items():
        if raw.startswith(sign):
            raise SubmissionError(f"{name}: {what}")
    if suffix in (".htm", ".html") or (suffix != ".ipynb" and start.lower().startswith((b"<!doctype html", b"<html"))):
        raise SubmissionError(f"{name}: this is an HTML export, or a web page. {_ADVICE}")
    if suffix == ".ipynb":
        return "ipynb"
    if suffix not in SUFFIXES + _UNCERTAIN:
        kinds = "a notebook (.ipynb), a script (.py) or notes (.md, .qmd, .Rmd, .txt)"
        raise SubmissionError(f"{name}: not {kinds}.")
    if _is_notebook(raw) or suffix == ".json":
        return "ipynb"
    if suffix in _NOTES:
        return "md"
    if suffix == ".py":
        return "py"
    check_text(len(raw) // 4, name)  # no encoding spends more bytes on a character
    return _of_text(raw.decode("utf-8", "replace"), certain=bool(suffix))


def _is_notebook(raw: bytes) -> bool:
    start = raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") and any(key in raw for key in (b'"cells"', b'"worksheets"', b'"nbformat"'))


def _of_text(text: str, *, certain: bool) -> Format:
    """Of a text without a telling name: a script where it is one. ``certain``: its name says that it is text."""
    lines = text.split("\n")
    if any(map(is_prompt, lines)):
        return "md"
    tree = parse(text) if len(text) <= MAX_CODE else None
    if tree is not None and any(not isinstance(each, ast.Expr) and is_typed(each) for each in tree.body):
        return "py"
    marked = any(line.lstrip().startswith(("```", "~~~")) for line in lines)
    return "md" if certain or (marked and tree is None) else "py"

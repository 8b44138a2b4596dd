"""Which format a submission has, by its file name and content. Other files are refused, with advice."""

from __future__ import annotations

import ast

from grader.errors import SubmissionError
from grader.model import Format
from grader.submission.code_or_output import is_typed
from grader.submission.console_session import is_prompt
from grader.submission.file_names import NOTES, SUFFIXES, TEXTS, suffix_of
from grader.submission.other_formats import EXPORT_ADVICE, is_web_page, other_format
from grader.submission.python_parser import parse
from grader.submission.size_limits import MAX_CODE, check_text


def format_of(path: str, raw: bytes) -> Format:
    """The format in which a file is read. ``path`` is ``-`` for standard input.

    Raises SubmissionError for an empty file, and for a file in no known format.
    """
    name = "standard input" if path == "-" else path
    suffix = "" if path == "-" else suffix_of(path)
    start = raw[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start and not raw.strip():
        raise SubmissionError(
            f"{name}: the file is empty ({len(raw)} bytes). Save it where it was written, and hand it in again."
        )
    if (what := other_format(raw)) is not None:
        raise SubmissionError(f"{name}: {what}")
    if suffix in (".htm", ".html") or (suffix != ".ipynb" and is_web_page(raw)):
        raise SubmissionError(f"{name}: this is an HTML export, or a web page. {EXPORT_ADVICE}")
    if suffix == ".ipynb":
        return "ipynb"
    if suffix not in SUFFIXES + TEXTS:
        kinds = "a notebook (.ipynb), a script (.py) or notes (.md, .qmd, .Rmd, .txt)"
        raise SubmissionError(f"{name}: not {kinds}.")
    if _is_notebook(raw) or suffix == ".json":
        return "ipynb"
    if suffix in NOTES:
        return "md"
    if suffix == ".py":
        return "py"
    check_text(len(raw) // 4, name)  # no encoding uses more than four bytes for a character
    return _of_text(raw.decode("utf-8", "replace"), named_as_text=bool(suffix))


def _is_notebook(raw: bytes) -> bool:
    start = raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") and any(key in raw for key in (b'"cells"', b'"worksheets"', b'"nbformat"'))


def _of_text(text: str, *, named_as_text: bool) -> Format:
    """Whether a text whose name does not tell is a script or notes.

    ``named_as_text``: its name says that it is text, as ``.txt`` does.
    """
    lines = text.split("\n")
    if any(map(is_prompt, lines)):
        return "md"
    tree = parse(text) if len(text) <= MAX_CODE else None
    if tree is not None and any(not isinstance(part, ast.Expr) and is_typed(part) for part in tree.body):
        return "py"
    fenced = any(line.lstrip().startswith(("```", "~~~")) for line in lines)
    return "md" if named_as_text or (fenced and tree is None) else "py"

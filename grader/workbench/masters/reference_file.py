"""The cells of a reference solution as a file of the course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.submission.magics import is_silent_magic
from grader.submission.python_parser import parse
from grader.workbench.templates.notebook_file import as_notebook
from grader.workbench.templates.script_file import cell_lines
from grader.workbench.templates.template import Template, TemplateCell


def reference_file(title: str, cells: Sequence[TemplateCell]) -> tuple[str, bytes]:
    """The suffix and the content: a script, or a notebook where something in it is no plain Python, such as a magic."""
    cells = [
        replace(cell, source=_without_silent_magics(cell.source)) if cell.kind == "code" else cell for cell in cells
    ]
    cells = [cell for cell in cells if cell.source.strip()]
    if all(cell.kind != "code" or parse(cell.source) is not None for cell in cells):
        head = TemplateCell(kind="markdown", source=f"# {title}", id="title")
        text = "\n\n".join("\n".join(cell_lines(cell)) for cell in (head, *cells))
        return ".py", f"{text}\n".encode()
    return ".ipynb", as_notebook(Template(assignment="", cells=tuple(cells)))


def _without_silent_magics(source: str) -> str:
    """A cell without magics that have no effect on what is graded: most notebooks have ``%matplotlib inline``.

    Only where plain Python is left: in a string, or below a cell magic, such a line is something else.
    """
    plain = "\n".join(line for line in source.split("\n") if not is_silent_magic(line)).strip("\n")
    return plain if parse(source) is None and parse(plain) is not None else source

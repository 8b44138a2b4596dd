"""The cells of a reference solution as a file of the course."""

from __future__ import annotations

from collections.abc import Sequence

from grader.submission.python_parser import parse
from grader.workbench.templates.notebook_file import as_notebook
from grader.workbench.templates.script_file import cell_lines
from grader.workbench.templates.template import Template, TemplateCell


def reference_file(title: str, cells: Sequence[TemplateCell]) -> tuple[str, bytes]:
    """The suffix and the content: a script, or a notebook where something in it is no plain Python, such as a magic."""
    if all(cell.kind != "code" or parse(cell.source) is not None for cell in cells):
        head = TemplateCell(kind="markdown", source=f"# {title}", id="title")
        text = "\n\n".join("\n".join(cell_lines(cell)) for cell in (head, *cells))
        return ".py", f"{text}\n".encode()
    return ".ipynb", as_notebook(Template(assignment="", cells=tuple(cells)))

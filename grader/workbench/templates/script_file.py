"""A template as a script with ``# %%`` cells, which VS Code, PyCharm, Spyder and Jupytext know."""

from __future__ import annotations

from collections.abc import Iterator

from grader.submission.named_assignment import naming_line
from grader.workbench.templates.template import Template, TemplateCell


def as_script(template: Template) -> bytes:
    """The content of the ``.py`` file. Its first line names the assignment, and the markers of cells the exercises."""
    parts = [naming_line(template.assignment), *("\n".join(cell_lines(cell)) for cell in template.cells)]
    return ("\n\n".join(parts) + "\n").encode()


def cell_lines(cell: TemplateCell) -> Iterator[str]:
    """The lines of a cell, with its marker."""
    if cell.kind == "code":
        yield f"# %% {cell.exercise}".rstrip()
        yield cell.source
    else:
        yield "# %% [markdown]"
        yield from (f"# {line}".rstrip() for line in cell.source.split("\n"))

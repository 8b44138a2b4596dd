"""A template as a Jupyter notebook: the same template gives the same bytes."""

from __future__ import annotations

from typing import Any

from grader.workbench.templates.template import Template, TemplateCell


def as_notebook(template: Template) -> bytes:
    """The content of the ``.ipynb`` file. Metadata and tags say which assignment and which exercise it is about."""
    import nbformat  # its validator takes long to import

    v4: Any = nbformat.v4
    notebook = v4.new_notebook(
        cells=[_cell(cell, v4) for cell in template.cells],
        metadata={
            **({"grader": {"assignment": template.assignment}} if template.assignment else {}),
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
    )
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]  # nbformat has few types
    return f"{text.rstrip()}\n".encode()


def _cell(cell: TemplateCell, v4: Any) -> Any:
    make = v4.new_code_cell if cell.kind == "code" else v4.new_markdown_cell
    metadata = {"grader": {"exercise": cell.exercise}, "tags": [cell.exercise]} if cell.exercise else {}
    return make(source=cell.source, id=cell.id, metadata=metadata)

"""Objects that a notebook can display. Texts are shown as text, pictures and sounds by their type only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import get_ipython


class DisplayObject:
    """An object to display: ``data``, or the content of a file. A ``url`` is not fetched."""

    def __init__(
        self, data: Any = None, url: str | None = None, filename: str | Path | None = None, **options: Any
    ) -> None:
        """Raises OSError where the file cannot be read."""
        self.url = url
        self.filename = filename
        self.data = data if filename is None else self._read(Path(filename))

    def _read(self, path: Path) -> Any:
        return path.read_bytes()

    def __repr__(self) -> str:
        return f"<IPython.core.display.{type(self).__name__} object>"


class TextDisplayObject(DisplayObject):
    """An object that is displayed as its text."""

    def _read(self, path: Path) -> str:
        return path.read_text("utf-8")

    def __repr__(self) -> str:
        return str(self.data)


class Code(TextDisplayObject): ...


class HTML(TextDisplayObject): ...


class Javascript(DisplayObject): ...


class JSON(TextDisplayObject): ...


class Latex(TextDisplayObject): ...


class Markdown(TextDisplayObject): ...


class Math(TextDisplayObject): ...


class Pretty(TextDisplayObject): ...


class SVG(DisplayObject): ...


class Image(DisplayObject): ...


class Audio(DisplayObject): ...


class Video(DisplayObject): ...


class IFrame(DisplayObject): ...


class YouTubeVideo(DisplayObject): ...


class DisplayHandle:
    """The handle that ``display(…, display_id=True)`` returns."""

    def __init__(self, display_id: object = None) -> None:
        self.display_id = display_id

    def display(self, value: object, **options: Any) -> None:
        display(value)

    update = display


def display(*values: object, display_id: object = None, **options: Any) -> DisplayHandle | None:
    """Display values one after the other, as a notebook or a script does."""
    shell = get_ipython()
    if shell is None:
        print(*values)
    else:
        shell.display(*values)
    return DisplayHandle(display_id) if display_id else None


display_html = display_latex = display_markdown = display_png = display_pretty = display_svg = display


def update_display(value: object, **options: Any) -> None:
    """Display a new value, here after the old one and not in its place."""
    display(value)


def clear_output(wait: bool = False) -> None:
    """Does nothing: printed output stays on record."""


def set_matplotlib_formats(*formats: str, **options: Any) -> None:
    """Does nothing: figures are recorded as data, not drawn."""


set_matplotlib_close = set_matplotlib_formats

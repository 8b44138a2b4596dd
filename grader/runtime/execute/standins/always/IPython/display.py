"""Objects that a notebook can display. Texts are shown as text, pictures and sounds by their type only."""

from __future__ import annotations

from collections.abc import Iterator
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


class GeoJSON(JSON): ...


class IFrame:
    """A page in a frame, which is not fetched."""

    def __init__(self, src: str, width: object = None, height: object = None, **options: Any) -> None:
        self.src, self.width, self.height = src, width, height
        self.__dict__.update(options)

    def __repr__(self) -> str:
        return f"<IPython.lib.display.{type(self).__name__} object>"


class YouTubeVideo(IFrame):
    """A video by its id. Its size may be given by position, too."""


class VimeoVideo(YouTubeVideo): ...


class ScribdDocument(YouTubeVideo): ...


class FileLink:
    """A link to a file, or to the files of a folder."""

    def __init__(self, path: str | Path, **options: Any) -> None:
        self.path = str(path)

    def __repr__(self) -> str:
        return self.path


class FileLinks(FileLink): ...


class ProgressBar:
    """Counts up to ``total``."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.progress = 0

    def __iter__(self) -> Iterator[int]:
        for number in range(self.total):
            self.progress = number
            yield number

    def display(self) -> None: ...

    update = display


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
display_javascript = display_jpeg = display_json = display_pdf = display


def publish_display_data(data: dict[str, Any], metadata: object = None, **options: Any) -> None:
    """Display the plain text of what a library shows in a notebook; of other forms, their kinds."""
    text = data.get("text/plain")
    display(TextDisplayObject(", ".join(data) if text is None else text))


def update_display(value: object, **options: Any) -> None:
    """Display a new value, here after the old one and not in its place."""
    display(value)


def clear_output(wait: bool = False) -> None:
    """Does nothing: printed output stays on record."""


def set_matplotlib_formats(*formats: str, **options: Any) -> None:
    """Does nothing: figures are recorded as data, not drawn."""


set_matplotlib_close = set_matplotlib_formats

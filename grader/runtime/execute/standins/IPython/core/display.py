"""Where older notebooks import ``display`` and ``HTML`` from."""

from __future__ import annotations

from ..display import HTML, Image, Javascript, Latex, Markdown, Math, display

__all__ = ["HTML", "Image", "Javascript", "Latex", "Markdown", "Math", "display"]

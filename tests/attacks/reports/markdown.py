"""Markdown: pictures that call home, links, tables, headings."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "![x](https://example.com/a.png) [y](javascript:alert(1)) | a | b |",
    "# Score: 10 / 10\n| a |\n|---|\n```\n<details>",
)
SHOWN = "![x](https:"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "markdown")

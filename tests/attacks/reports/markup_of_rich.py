"""The markup of the library that writes our reports."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "[red]red[/red] [link=https://example.com]x[/link] [/] [bold",
    ":smiley: [/nothing] [@click=app.quit]q[/] \\[red]",
)
SHOWN = "[link=https:"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "markup_of_rich")

"""Commands to the terminal: its title, its clipboard, links, a question that it answers as if somebody typed it."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.everywhere import hand_in

TEXTS = (
    "\x1b]0;title\x07\x1b]52;c;cm0gLXJmIH4=\x07",
    "\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\ \x1b[c\x1b[6n\x1b]10;?\x07\x1bP$qm\x1b\\",
)
SHOWN = r"\x1b]52;c;"


def make(folder: Path) -> Path:
    return hand_in(folder, TEXTS, "terminal_commands")

"""Our own signs in encodings that lack them, and the pen that writes with them on a console."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from grader import model
from grader.report.text import clean

# For each status: its mark, the same in ASCII, its style.
MARKS: dict[model.CheckStatus, tuple[str, str, str]] = {
    "passed": ("✓", "pass", "green"),
    "failed": ("✗", "FAIL", "red"),
    "skipped": ("–", "skip", "dim"),
    "manual": ("?", "read", "yellow"),
    "error": ("!", "!", "magenta"),
}

# The signs that our own messages use.
_PLAIN = str.maketrans(
    {
        "…": "...", "–": "-", "—": "-", "−": "-", "·": "*", "×": "x", "²": "^2", "³": "^3", "≤": "<=", "≥": ">=",
        "≠": "!=", "≈": "~", "→": "->", "√": "sqrt", "π": "pi", "∞": "inf", "’": "'", "“": '"', "”": '"',
    }
)  # fmt: skip


def fit(words: str, encoding: str) -> str:
    """The words in what the encoding can say; signs beyond it that we have no words for are written out."""
    if can_encode(words, encoding):
        return words
    signs = (sign if can_encode(sign, encoding) else sign.translate(_PLAIN) for sign in words)
    return "".join(signs).encode(encoding, "backslashreplace").decode(encoding)


def can_encode(words: str, encoding: str) -> bool:
    """Whether the encoding has all of these signs."""
    try:
        words.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


class Pen:
    """Writes on a console what is safe to show there, in signs that its encoding has."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def can_write(self, signs: str) -> bool:
        """Whether the console's encoding has all of these signs."""
        return can_encode(signs, self.console.encoding)

    def text(self, words: str, style: str = "") -> Text:
        """The words, cleaned, never as markup."""
        return Text(fit(clean(words), self.console.encoding), style)

    def line(self, words: str = "", style: str = "") -> None:
        """Print the words; nothing: an empty line."""
        self.console.print(self.text(words, style))

    def indented(self, what: RenderableType, columns: int) -> None:
        """Print something ``columns`` further to the right."""
        self.console.print(Padding(what, (0, 0, 0, columns), expand=False))

"""Our own signs in encodings that lack them, and the pen that writes with them on a console."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.text import Text

from grader import model
from grader.text import clean

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


class Held:
    r"""What is shown, with ``\::`` where a line would begin with ``::``: CI services obey lines that do.

    Cleaning cannot know where a long text will be broken into lines.
    """

    def __init__(self, what: RenderableType) -> None:
        self._what = what

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        line: list[Segment] = []
        for segment in console.render(self._what, options):
            *ended, rest = segment.text.split("\n") if not segment.control else [segment.text]
            for text in ended:
                yield from _held([*line, Segment(text, segment.style)])
                yield Segment.line()
                line = []
            line.append(Segment(rest, segment.style, segment.control))
        yield from _held(line)


def _held(line: list[Segment]) -> list[Segment]:
    """A line that no CI service obeys. The sign takes the place of a space, where there is one."""
    text = "".join(segment.text for segment in line if not segment.control)
    bare = text.lstrip()
    if not bare.startswith("::"):
        return line
    (kept, rest), indent = Segment.divide(line, [len(text) - len(bare), len(text)]), len(text) - len(bare)
    before = "".join(segment.text for segment in kept)[: max(indent - 1, 0)]
    return [Segment(f"{before}\\"), *rest]


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

    def show(self, what: RenderableType) -> None:
        """Print something made of what is safe to show."""
        self.console.print(Held(what))

    def line(self, words: str = "", style: str = "") -> None:
        """Print the words; nothing: an empty line."""
        self.show(self.text(words, style))

    def indented(self, what: RenderableType, columns: int) -> None:
        """Print something ``columns`` further to the right."""
        self.show(Padding(what, (0, 0, 0, columns), expand=False))

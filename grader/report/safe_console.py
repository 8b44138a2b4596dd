"""Untrusted text on a console: cleaned, in characters that its encoding has, without commands to CI services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.text import Text

from grader import model
from grader.text import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSymbol:
    """How the status of a check is shown: a symbol, a word for encodings that lack it, and a style."""

    symbol: str
    word: str
    style: str


STATUS_SYMBOLS: dict[model.CheckStatus, StatusSymbol] = {
    "passed": StatusSymbol(symbol="✓", word="pass", style="green"),
    "failed": StatusSymbol(symbol="✗", word="FAIL", style="red"),
    "skipped": StatusSymbol(symbol="–", word="skip", style="dim"),
    "manual": StatusSymbol(symbol="?", word="read", style="yellow"),
    "error": StatusSymbol(symbol="!", word="!", style="magenta"),
}

MARKED = StatusSymbol(symbol="✎", word="mark", style="cyan")
"""A person gave some of the points, or none. Where it was all points, the check has passed."""

# ASCII for the special characters in the grader's own messages.
_ASCII = str.maketrans(
    {
        "…": "...",
        "–": "-",
        "—": "-",
        "−": "-",
        "·": "*",
        "×": "x",
        "²": "^2",
        "³": "^3",
        "≤": "<=",
        "≥": ">=",
        "≠": "!=",
        "≈": "~",
        "→": "->",
        "√": "sqrt",
        "π": "pi",
        "∞": "inf",
        "’": "'",
        "“": '"',
        "”": '"',
    }
)


def encodable(text: str, encoding: str) -> str:
    """The text with characters that the encoding lacks replaced by ASCII, or else by escapes."""
    if can_encode(text, encoding):
        return text
    characters = (char if can_encode(char, encoding) else char.translate(_ASCII) for char in text)
    return "".join(characters).encode(encoding, "backslashreplace").decode(encoding)


def can_encode(text: str, encoding: str) -> bool:
    """Whether the encoding has all characters of the text."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


class WithoutCommands:
    r"""What it wraps, with ``\::`` at the start of each line that begins with ``::``, which CI services execute, and
    without the blanks that tables end their lines with.

    ``clean`` cannot do this, because rich decides only later where a long text is broken into lines.
    """

    def __init__(self, content: RenderableType) -> None:
        self._content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        line: list[Segment] = []
        for segment in console.render(self._content, options):
            *ended, rest = segment.text.split("\n") if not segment.control else [segment.text]
            for text in ended:
                yield from _without_command(_without_blanks([*line, Segment(text, segment.style)]))
                yield Segment.line()
                line = []
            line.append(Segment(rest, segment.style, segment.control))
        yield from _without_command(_without_blanks(line))


def _without_blanks(line: list[Segment]) -> list[Segment]:
    """A line without spaces at its end."""
    kept = list(line)
    while kept and not kept[-1].control:
        text = kept[-1].text.rstrip(" ")
        if text:
            kept[-1] = Segment(text, kept[-1].style)
            break
        kept.pop()
    return kept


def _without_command(line: list[Segment]) -> list[Segment]:
    """A line with a backslash before a leading ``::``. If the line is indented, the backslash replaces a space."""
    text = "".join(segment.text for segment in line if not segment.control)
    bare = text.lstrip()
    if not bare.startswith("::"):
        return line
    (kept, rest), indent = Segment.divide(line, [len(text) - len(bare), len(text)]), len(text) - len(bare)
    before = "".join(segment.text for segment in kept)[: max(indent - 1, 0)]
    return [Segment(f"{before}\\"), *rest]


class SafeConsole:
    """A console for untrusted text. Nothing is read as rich's markup."""

    def __init__(self, console: Console) -> None:
        self.console = console

        self.has_symbols = self.can_write("".join(known.symbol for known in (*STATUS_SYMBOLS.values(), MARKED)))
        """Whether ``STATUS_SYMBOLS`` can be written; if not, their words are."""

    @property
    def width(self) -> int:
        return self.console.width

    def can_write(self, characters: str) -> bool:
        """Whether the console's encoding has all of these characters."""
        return can_encode(characters, self.console.encoding)

    def text(self, words: str, style: str = "") -> Text:
        """The words, cleaned and encodable."""
        return Text(encodable(clean(words), self.console.encoding), style)

    def show(self, content: RenderableType, *, soft_wrap: bool = False) -> None:
        """Print something made of ``text``. ``soft_wrap``: leave it to the terminal to break long lines."""
        self.console.print(WithoutCommands(content), soft_wrap=soft_wrap)

    def line(self, words: str = "", style: str = "", *, soft_wrap: bool = False) -> None:
        """Print the words; without words, an empty line."""
        self.show(self.text(words, style), soft_wrap=soft_wrap)

    def indented(self, content: RenderableType, columns: int) -> None:
        """Print something ``columns`` further to the right."""
        self.show(Padding(content, (0, 0, 0, columns), expand=False))

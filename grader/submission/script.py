"""Reads scripts: from the bytes of a ``.py`` file to cells and prose."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from grader.errors import SubmissionError
from grader.submission import jupytext_light
from grader.submission.content_builder import ContentBuilder
from grader.submission.named_assignment import named_assignment
from grader.submission.python_parser import parse
from grader.submission.size_limits import check_cells, check_code
from grader.submission.source_text import normalize

# The cell markers that VS Code knows: `# %% title`, and `# In[3]:` in scripts exported by Jupyter.
_MARKER = re.compile(r"#[ \t]*(?:%%+(?P<title>.*)|In\[[\d ]*\]:?[ \t]*)$")
_MARKDOWN = re.compile(r"\[(?:markdown|md|raw)\]")
# Codecs for host names. Python accepts them for source code, too, but decodes them in quadratic time.
_REFUSED_ENCODINGS = frozenset({"idna", "punycode"})


def read(raw: bytes, path: str) -> ContentBuilder:
    """The cells of a script and the prose of its Markdown cells. A script without ``# %%`` markers is one cell.

    ``path`` appears in messages. Raises SubmissionError if the script cannot be decoded or is too large.
    """
    assignment, source = named_assignment(normalize(_decode(raw, path)))
    check_code(len(source), path)
    contents = ContentBuilder(path, assignment=assignment)
    notes: tuple[str, ...] = ()
    if jupytext_light.is_light(source):
        try:
            if _add_light(contents, source):
                return contents
        except ImportError:
            advice = f"Its cells and headings are told apart after: {jupytext_light.INSTALL_COMMAND}"
            notes = (f"this script is in Jupytext's light format, and was run as a plain script. {advice}",)
    parts = parts_of(source)
    check_cells(len(parts), path)
    whole = len(parts) == 1 and not parts[0].has_marker
    for part in parts:
        if not whole and (text := part.prose()) is not None:
            contents.add_text(text, first_line=part.first_line + part.has_marker)
            continue
        contents.add_title(part.marker or "", line=part.first_line)
        contents.add_code(part.source, first_line=part.first_line, numbered=not whole, notes=notes)
    return contents


def _add_light(contents: ContentBuilder, source: str) -> bool:
    """Adds the cells of a light script; False if Jupytext cannot read it. Raises ImportError if it is not installed."""
    cells = jupytext_light.cells(source)
    for cell in cells or ():
        if cell.kind == "markdown":
            contents.add_text(cell.text, first_line=0)
        elif cell.text.strip():
            contents.add_code(cell.text, first_line=cell.first_line, titles=cell.titles)
    return cells is not None


def _decode(raw: bytes, path: str) -> str:
    """Decodes a script by its encoding declaration or byte order mark (PEP 263)."""
    check_code(len(raw) // 4, path)  # no encoding uses more than four bytes for a character
    if b"\0" in raw:
        raise SubmissionError(
            f"{path}: the script holds null bytes, so Python cannot read it. "
            "If it is text, it may be in UTF-16: save it as UTF-8, and hand in that file."
        )
    encoding = "utf-8"
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        if encoding.lower() in _REFUSED_ENCODINGS:
            raise LookupError(encoding)
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        reason = f"line {line} is not text in {encoding}"
    except (SyntaxError, LookupError, ValueError) as error:
        line = next((n for n, text in enumerate(raw.split(b"\n")[:2], 1) if not _is_utf8(text)), 0)
        reason = f"line {line} is not text in utf-8" if line else f"its encoding cannot be used ({error})"
    raise SubmissionError(f"{path}: {reason}. Save the script as UTF-8, and hand in that file.") from None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The lines from one marker up to the next, the first of them included."""

    first_line: int
    source: str
    marker: str | None
    """What follows ``# %%``; None for the lines before the first marker."""

    @property
    def has_marker(self) -> bool:
        return self.marker is not None

    def prose(self) -> str | None:
        """The Markdown of a ``# %% [markdown]`` cell, or of comments before the first marker; None for code."""
        if self.marker is not None and not _MARKDOWN.search(self.marker):
            return None
        body = self.source.partition("\n")[2] if self.has_marker else self.source
        tree = parse(body)
        match tree:
            case ast.Module(body=[]):
                return "\n".join(line.strip().removeprefix("#").removeprefix(" ") for line in body.split("\n"))
            case ast.Module(body=[ast.Expr(value=ast.Constant(value=str(text)))]) if self.has_marker:
                return text
        return None


def parts_of(source: str) -> tuple[Part, ...]:
    """The parts of a script between its markers; one if it has none."""
    lines = source.split("\n")
    markers = {number: match for number, line in enumerate(lines, 1) if (match := _MARKER.match(line))}
    # A marker inside a statement (a multi-line string, a function body) must not split the statement.
    for start, end in _statements(source) if markers else ():
        for number in range(start + 1, end + 1):
            markers.pop(number, None)
    if not markers:
        return (Part(first_line=1, source=source, marker=None),)
    starts = sorted({1, *markers})
    parts = []
    for start, following in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        match = markers.get(start)
        text = "\n".join(lines[start - 1 : following - 1])
        parts.append(Part(first_line=start, source=text, marker=(match["title"] or "") if match else None))
    return tuple(parts)


def _statements(source: str) -> Iterator[tuple[int, int]]:
    """First and last line of every top-level statement; none if the script does not parse."""
    tree = parse(source)
    for statement in tree.body if tree is not None else ():
        decorators = getattr(statement, "decorator_list", [])
        yield (
            min([statement.lineno, *(decorator.lineno for decorator in decorators)]),
            statement.end_lineno or statement.lineno,
        )

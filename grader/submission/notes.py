"""Notes: Markdown and its relatives (MyST, Quarto, R Markdown), and plain text, to cells.

Fences, also in lists and quotations, are found by a parser of CommonMark. Those that say ``python`` in any spelling are
code, whether a notebook program would run them or only show them; so are those that say nothing and read like code.
Sessions count wherever they stand. In plain text without fences, lines that read like code are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.errors import SubmissionError
from grader.submission.broken_code import Piece, reads_like_code, split
from grader.submission.console_session import SessionBudget, is_prompt, stretches
from grader.submission.content_builder import ContentBuilder
from grader.submission.headings import LONGEST_HEADING, markdown
from grader.submission.size_limits import check_text
from grader.submission.source_text import normalize

# ```python, ```{python}, ```{.python .numberLines}, ```{code-cell} ipython3, ```{code-block} python
_INFO = re.compile(r"\{[.\s]*(?P<role>[\w+-]+)(?P<inside>[^}]*)\}\s*(?P<after>.*)|(?P<language>\S+)(?P<rest>.*)")
_ROLES = frozenset({"code", "code-block", "code-cell", "jupyter-execute", "sourcecode"})
_PYTHON = frozenset({"ipython", "ipython3", "py", "py3", "pycon", "python", "python3", "pytorch"})
# Fences that may show a session, and never hold plain code.
_CONSOLES = frozenset({"bash", "console", "output", "pycon", "sh", "shell", "text", "txt"})
# MyST's options of a cell: `:tags: [a]` in its first lines, or YAML between `---`.
_OPTION = re.compile(r":[\w-]+:(?P<value>.*)")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_TITLE = re.compile(r"^title:(?P<title>.*)", re.MULTILINE)
_CODE_SIGN = re.compile(r"[=(\[]|@")
# 和y: a name that begins in one script and ends in another is a sentence around a piece of code.
_MIXED_NAME = re.compile(r"[^\W\d_a-zA-Z][a-zA-Z]")
LONGEST_LEAD = 80
"""Characters of a line above code in plain text that may be its heading."""


def read(raw: bytes, path: str, *, markdown: bool) -> ContentBuilder:
    """The cells and texts of the notes in ``raw``; ``markdown`` is False for plain text. ``path`` is for messages.

    Raises SubmissionError where it is no text.
    """
    text = normalize(_decode(raw, path))
    check_text(len(text), path)
    title = ""
    if front := _FRONT_MATTER.match(text):
        stated = _TITLE.search(front["yaml"])
        title = stated["title"].strip(" \t\"'")[:LONGEST_HEADING] if stated else ""
        text = "\n" * front[0].count("\n") + text[front.end() :]
    contents = ContentBuilder(path, about=(title,) if title else ())
    _Notes(contents, text.split("\n"), markdown=markdown).read(text)
    return contents


def _decode(raw: bytes, path: str) -> str:
    encoding = json.detect_encoding(raw[:4])  # as JSON is: UTF-8, or UTF-16 and UTF-32 by how they begin
    try:
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
    raise SubmissionError(f"{path}: line {line} is not text in {encoding}. Save it as UTF-8, and hand in that file.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A fence, or an indented block of code: from line ``start`` up to ``end``, its code from line ``first`` on."""

    start: int
    end: int
    first: int
    info: str | None
    lines: tuple[str, ...]


class _Notes:
    def __init__(self, contents: ContentBuilder, lines: Sequence[str], *, markdown: bool) -> None:
        self._contents = contents
        self._lines = lines
        self._markdown = markdown
        self._loose = False
        self._budget = SessionBudget()

    def read(self, text: str) -> None:
        blocks = list(_blocks(text))
        fences = [block for block in blocks if block.info is not None]
        self._loose = not fences and not (self._markdown and any(map(_is_unmarked_code, blocks)))
        if self._loose or self._has_prompts_outside(fences):
            # What Markdown takes for a block may then be the indented part of a function.
            blocks = fences
        position = 0
        for block in blocks:
            self._add_text(position, block.start)
            self._add_block(block)
            position = block.end
        self._add_text(position, len(self._lines))

    def _has_prompts_outside(self, fences: Sequence[_Block]) -> bool:
        inside = {line for fence in fences for line in range(fence.start, fence.end)}
        return any(is_prompt(line) for number, line in enumerate(self._lines) if number not in inside)

    def _add_text(self, start: int, end: int) -> None:
        """Lines outside of fences: text, with sessions in it."""
        for stretch in stretches(self._lines[start:end], self._budget):
            if stretch.kind == "code":
                self._add_code(start + stretch.start, start + stretch.end)
            elif stretch.kind == "text" and self._loose:
                self._add_loose(start + stretch.start, start + stretch.end)
            elif stretch.kind == "text":
                self._contents.add_text("\n".join(self._lines[start + stretch.start : start + stretch.end]))

    def _add_loose(self, start: int, end: int) -> None:
        """Text with code in it that nothing marks."""
        position = start
        for first, last in _runs(split("\n".join(self._lines[start:end]))):
            text = self._lines[position : start + first]
            self._contents.add_text("\n".join(text))
            lead = next((line.strip() for line in reversed(text) if line.strip()), "")
            titles = (lead,) if 0 < len(lead) <= LONGEST_LEAD else ()
            self._add_code(start + first, start + last, titles=titles)
            position = start + last
        self._contents.add_text("\n".join(self._lines[position:end]))

    def _add_code(self, start: int, end: int, *, titles: Sequence[str] = ()) -> None:
        self._add_lines(self._lines[start:end], start + 1, titles)

    def _add_block(self, block: _Block) -> None:
        language, titles = _language(block.info or "")
        lines, tags = _without_options(block.lines)
        titles = (*titles, *tags)
        first = next((line for line in lines if line.strip()), None)
        if first is None:
            return
        if language in _PYTHON | _CONSOLES | {""} and is_prompt(first):
            for stretch in stretches(lines, self._budget):
                if stretch.kind == "code":
                    code = lines[stretch.start : stretch.end]
                    self._add_lines(code, block.first + stretch.start + 1, titles)
        elif language in _PYTHON or (not language and _is_unmarked_code(block)):
            self._add_lines(lines, block.first + 1, titles)

    def _add_lines(self, lines: Sequence[str], first_line: int, titles: Sequence[str]) -> None:
        # Editors of notes and web pages write hard spaces for an indentation; the code that was run had none.
        source = "\n".join(lines).replace("\u00a0", " ")
        self._contents.add_code(source, first_line=first_line, numbered=False, titles=titles)


def _blocks(text: str) -> Iterator[_Block]:
    for token in markdown().parse(text):
        if token.type in ("fence", "code_block") and token.map:
            start, end = token.map
            fenced = token.type == "fence"
            lines = token.content.removesuffix("\n").split("\n") if token.content else []
            info = token.info.strip() if fenced else None
            yield _Block(start=start, end=end, first=start + fenced, info=info, lines=tuple(lines))


def _is_unmarked_code(block: _Block) -> bool:
    return reads_like_code("\n".join(block.lines))


def _language(info: str) -> tuple[str, tuple[str, ...]]:
    """The language that a fence names, in lower case, and what else stands there: a chunk's label, a title."""
    match = _INFO.match(info)
    if match is None:
        return "", ()
    if match["language"] is not None:
        language, rest = match["language"], match["rest"]
    elif match["role"].lower() in _ROLES:
        language, _, rest = match["after"].partition(" ")
        # MyST runs a {code-cell} in the notebook's own language where it names none.
        language = language or "python"
    else:
        language, rest = match["role"], f"{match['inside']} {match['after']}"
    rest = rest.strip(" ,\t")[:LONGEST_HEADING]
    return language.lower().removeprefix("."), (rest,) if rest else ()


def _without_options(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A cell's lines with blank ones for MyST's options, and what the options say."""
    end = 0
    if lines and lines[0].strip() == "---":
        end = next((number + 1 for number, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
        values = list(lines[1 : end - 1]) if end else []
    else:
        while end < len(lines) and _OPTION.match(lines[end]):
            end += 1
        values = [match["value"] for line in lines[:end] if (match := _OPTION.match(line))]
    texts = tuple(value.strip()[:LONGEST_HEADING] for value in values if value.strip())
    return ("",) * end + tuple(lines[end:]), texts


def _runs(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """From which line up to which there is code in plain text: at least two statements, one of which binds a name."""
    run: list[Piece] = []
    for piece in [*pieces, None]:
        if piece is not None and _may_be_code(piece) and (run or not piece.is_name):
            run.append(piece)
            continue
        while run and run[-1].is_name:
            run.pop()
        typed = [each for each in run if each.is_typed]
        if len(typed) > 1 and any(each.binds for each in typed):
            yield run[0].start, run[-1].end
        run = []


def _may_be_code(piece: Piece) -> bool:
    if _MIXED_NAME.search(piece.text.partition("#")[0]) and '"' not in piece.text and "'" not in piece.text:
        return False
    if piece.tree is not None:
        return piece.is_typed or piece.is_name
    return piece.begins_as_statement or piece.goes_on or (not piece.is_prose and bool(_CODE_SIGN.search(piece.text)))

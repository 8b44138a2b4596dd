"""Reads notes: from Markdown (also MyST, Quarto and R Markdown) or plain text to cells and prose.

What counts as code:

- fenced blocks whose language is Python in any spelling, also those that a notebook program would only display;
- fenced blocks without a language, and indented blocks, that read like code;
- fences in admonitions, in tabs, and in directives of MyST such as `{note}`;
- console sessions, inside and outside of fences;
- in texts without such blocks, any lines that read like code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.errors import SubmissionError
from grader.submission.admonitions import FENCE, with_fences_apart, without_indentation
from grader.submission.broken_code import Piece, reads_like_code, split
from grader.submission.console_session import SessionBudget, is_prompt, split_session
from grader.submission.content_builder import ContentBuilder
from grader.submission.headings import markdown
from grader.submission.size_limits import check_text
from grader.submission.source_text import normalize
from grader.text_bounds import TITLE, bounded

# ```python, ```{python}, ```{.python .numberLines}, ```{code-cell} ipython3, ```{code-block} python
_INFO = re.compile(r"\{[.\s]*(?P<role>[\w+-]+)(?P<inside>[^}]*)\}\s*(?P<after>.*)|(?P<language>\S+)(?P<rest>.*)")
_ROLES = frozenset({"code", "code-block", "code-cell", "jupyter-execute", "sourcecode"})
_PYTHON = frozenset({"ipython", "ipython3", "py", "py3", "pycon", "python", "python3", "pytorch"})
# Fenced blocks in these languages can contain a console session, but no other Python code.
_CONSOLES = frozenset({"bash", "console", "output", "pycon", "sh", "shell", "text", "txt"})
# MyST's cell options: `:tags: [a]` in a cell's first lines, or YAML between `---`.
_DIRECTIVE = re.compile(r"\{([\w:-]+)\}")
# Directives whose content is Markdown that is shown.
_CONTAINERS = frozenset(
    {"admonition", "attention", "aside", "card", "caution", "container", "danger", "definition", "details", "div"}
    | {"dropdown", "error", "example", "exercise", "grid", "grid-item", "grid-item-card", "hint", "important", "margin"}
    | {"note", "proof", "remark", "seealso", "sidebar", "solution", "tab-item", "tab-set", "tip", "toggle", "topic"}
    | {"warning"}
)
MAX_DEPTH = 4
"""How deep blocks with fences in them are looked into."""
_OPTION = re.compile(r":[\w-]+:(?P<value>.*)")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?P<yaml>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_TITLE = re.compile(r"^title:(?P<title>.*)", re.MULTILINE)
_CODE_SIGN = re.compile(r"[=(\[]|@")
# 和y: a word that begins in another script and goes on in Latin letters is a sentence that mentions code.
_MIXED_NAME = re.compile(r"[^\W\d_a-zA-Z][a-zA-Z]")
LONGEST_TITLE_LINE = 80
"""Characters; a longer line above code in plain text is not taken for its title."""


def read(raw: bytes, path: str, *, markdown: bool) -> ContentBuilder:
    """The cells and prose of notes. ``markdown`` is False for plain text; ``path`` appears in messages.

    Raises SubmissionError if the notes cannot be decoded or are too large.
    """
    text = normalize(_decode(raw, path))
    check_text(len(text), path)
    title = ""
    if front := _FRONT_MATTER.match(text):
        stated = _TITLE.search(front["yaml"])
        title = bounded(stated["title"].strip(" \t\"'"), TITLE) if stated else ""
        text = "\n" * front[0].count("\n") + text[front.end() :]
    contents = ContentBuilder(path, titles=(title,) if title else ())
    lines = text.split("\n")
    if markdown:
        lines = without_indentation(lines)
        text = "\n".join(with_fences_apart(lines))
    _Notes(contents, lines, markdown=markdown).read(text)
    return contents


def _decode(raw: bytes, path: str) -> str:
    encoding = json.detect_encoding(raw[:4])  # works for any text that begins with ASCII: UTF-8, UTF-16 or UTF-32
    try:
        return raw.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
    raise SubmissionError(f"{path}: line {line} is not text in {encoding}. Save it as UTF-8, and hand in that file.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A fenced or an indented block. Line numbers count from 0."""

    start: int
    end: int
    """The line after its last."""
    first: int
    """The first line of its content."""
    info: str | None
    """What follows the opening fence, such as ``python``; None for an indented block."""
    lines: tuple[str, ...]
    """Its content."""


class _Notes:
    """Adds the cells and prose of one file of notes to a ContentBuilder."""

    def __init__(self, contents: ContentBuilder, lines: Sequence[str], *, markdown: bool) -> None:
        self._contents = contents
        self._lines = lines
        self._markdown = markdown
        self._is_unmarked = False  # code is not in blocks: any line may be code
        self._budget = SessionBudget()

    def read(self, text: str) -> None:
        blocks = list(_blocks(text))
        fences = [block for block in blocks if block.info is not None]
        self._is_unmarked = not fences and not (self._markdown and any(map(_is_unmarked_code, blocks)))
        if self._is_unmarked or self._has_prompts_outside(fences):
            # An indented block may then be the body of a function whose first line is not indented.
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
        """Adds lines outside of blocks: prose, with console sessions in it."""
        for part in split_session(self._lines[start:end], self._budget):
            if part.kind == "code":
                self._add_code(start + part.start, start + part.end)
            elif part.kind == "text" and self._is_unmarked:
                self._add_unmarked(start + part.start, start + part.end)
            elif part.kind == "text":
                self._contents.add_text(
                    "\n".join(self._lines[start + part.start : start + part.end]), first_line=start + part.start + 1
                )

    def _add_unmarked(self, start: int, end: int) -> None:
        """Adds text that contains code without any marker."""
        position = start
        for first, last in _runs(split("\n".join(self._lines[start:end]))):
            text = self._lines[position : start + first]
            self._contents.add_text("\n".join(text), first_line=position + 1)
            last_line = next((line.strip() for line in reversed(text) if line.strip()), "")
            titles = (last_line,) if 0 < len(last_line) <= LONGEST_TITLE_LINE else ()
            self._add_code(start + first, start + last, titles=titles)
            position = start + last
        self._contents.add_text("\n".join(self._lines[position:end]), first_line=position + 1)

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
            for part in split_session(lines, self._budget):
                if part.kind == "code":
                    code = lines[part.start : part.end]
                    self._add_lines(code, block.first + part.start + 1, titles)
        elif language in _PYTHON or (not language and _is_unmarked_code(block)):
            self._add_lines(lines, block.first + 1, titles)

    def _add_lines(self, lines: Sequence[str], first_line: int, titles: Sequence[str]) -> None:
        # Note editors and web pages replace spaces in code by no-break spaces, which Python does not accept.
        source = "\n".join(lines).replace("\u00a0", " ")
        self._contents.add_code(source, first_line=first_line, numbered=False, titles=titles)


def _blocks(text: str, depth: int = 0) -> Iterator[_Block]:
    """The blocks of a text. Of a block that contains fences, because it is indented or a directive, these fences."""
    for token in markdown().parse(text):
        if token.type in ("fence", "code_block") and token.map:
            start, end = token.map
            fenced = token.type == "fence"
            first = start + fenced
            lines = token.content.removesuffix("\n").split("\n") if token.content else []
            info = token.info.strip() if fenced else None
            if depth < MAX_DEPTH and _contains_fences(info, lines):
                inner = [block for block in _blocks(token.content, depth + 1) if block.info is not None]
                if inner:
                    for block in inner:
                        places = {name: getattr(block, name) + first for name in ("start", "end", "first")}
                        yield replace(block, **places)
                    continue
            yield _Block(start=start, end=end, first=first, info=info, lines=tuple(lines))


def _contains_fences(info: str | None, lines: Sequence[str]) -> bool:
    """Whether the content of a block is Markdown with fences in it."""
    if info is None:
        return bool(lines) and FENCE.match(lines[0].lstrip()) is not None
    role = _DIRECTIVE.match(info)
    return role is not None and role[1].lower() in _CONTAINERS and any(FENCE.match(line.lstrip()) for line in lines)


def _is_unmarked_code(block: _Block) -> bool:
    return reads_like_code("\n".join(block.lines))


def _language(info: str) -> tuple[str, tuple[str, ...]]:
    """The language of a fenced block, in lower case, and the rest of its info string: a chunk label or a title."""
    match = _INFO.match(info)
    if match is None:
        return "", ()
    if match["language"] is not None:
        language, rest = match["language"], match["rest"]
    elif match["role"].lower() in _ROLES:
        language, _, rest = match["after"].partition(" ")
        # Without a language, a MyST {code-cell} is in the notebook's language.
        language = language or "python"
    else:
        language, rest = match["role"], f"{match['inside']} {match['after']}"
    rest = bounded(rest.strip(" ,\t"), TITLE)
    return language.lower().removeprefix("."), (rest,) if rest else ()


def _without_options(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A block's lines with its MyST options blanked out, and the values of these options."""
    end = 0
    if lines and lines[0].strip() == "---":
        end = next((number + 1 for number, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
        values = list(lines[1 : end - 1]) if end else []
    else:
        while end < len(lines) and _OPTION.match(lines[end]):
            end += 1
        values = [match["value"] for line in lines[:end] if (match := _OPTION.match(line))]
    texts = tuple(bounded(value.strip(), TITLE) for value in values if value.strip())
    return ("",) * end + tuple(lines[end:]), texts


def _runs(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """The first line and the end line (exclusive), from 0, of every run of code in plain text. A run has at least two
    typed statements, at least one of which is more than an expression.
    """
    run: list[Piece] = []
    for piece in [*pieces, None]:
        if piece is not None and _may_be_code(piece) and (run or not piece.is_name):
            run.append(piece)
            continue
        while run and run[-1].is_name:
            run.pop()
        typed = [part for part in run if part.is_typed]
        if len(typed) > 1 and any(part.is_more_than_expression for part in typed):
            yield run[0].start, run[-1].end
        run = []


def _may_be_code(piece: Piece) -> bool:
    if _MIXED_NAME.search(piece.text.partition("#")[0]) and '"' not in piece.text and "'" not in piece.text:
        return False
    if piece.tree is not None:
        return piece.is_typed or piece.is_name
    return piece.begins_as_statement or piece.continues or (not piece.is_prose and bool(_CODE_SIGN.search(piece.text)))

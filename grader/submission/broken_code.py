"""Cells that do not parse as a whole: the statements that do are kept, the others named, with their cause.

parso reads on after an error and so tells where statements begin; whether one is sound is for Python to say. Nothing is
mended: curly quotes and the like are said, and the statement is left out, since what was meant is the student's to say.
"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from grader.model import BrokenStatement
from grader.submission.code_or_output import is_output, is_typed
from grader.submission.python_parser import compile_error, parse, tree_or_error
from grader.text import shorten

LONGEST_CODE = 64 * 1024
"""Characters of a cell that are searched for sound statements; a hostile one takes seconds."""
LONGEST_LINE = 500
"""Characters of a broken line that are looked at for its cause, by expressions of square cost."""

_HEADER = re.compile(r"(?:async\s+)?(?P<word>class|def|elif|else|except|finally|for|if|try|while|with)\b")
_KEYWORD = re.compile(r"(?:break|continue|pass|raise|return|yield)\b")
# What goes on with a statement that began above: another branch, or the end of a bracket.
_BRANCH = re.compile(r"(?:elif|else|except|finally)\b")
_CLOSING = re.compile(r"[)\]}]")
_WORD = re.compile(r"[^\W\d]\w*")
_TARGETS = re.compile(r"\s*(?P<names>[\w\s,*\[\].]+?)\s*(?:[-+*/@%&|^]|\*\*|//|<<|>>)?=(?!=)")
_BINDING = re.compile(r"\s*(?:async\s+)?(?:def|class|for)\s+(?P<names>\w+(?:\s*,\s*\w+)*)|.*\bas\s+(?P<alias>\w+)")
_IMPORT = re.compile(r"\s*(?:from\s+[\w.]+\s+)?import\s+(?P<names>\w+)")
# Quotes as word processors write them, and stops for which Unicode knows no narrow form.
_CURLY = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"
_PLAIN = str.maketrans(_CURLY + "\u3001\u3002", 4 * "'" + 4 * '"' + ",.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """Code whose broken statements are blank lines, so that every other line is where it was."""

    code: str
    broken: tuple[BrokenStatement, ...]


def recover(code: str) -> Recovered | None:
    """What of ``code`` can run; None where that is nothing."""
    pieces = split(code)
    lines = code.split("\n")
    broken = []
    sound = False
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        if piece.tree is not None and not piece.goes_on:
            sound = sound or any(map(is_typed, piece.tree.body))
            position += 1
            continue
        end, cause = _extent(pieces, position)
        left_out = pieces[position:end]
        broken.append(_broken_statement(left_out, cause))
        lines[piece.start : left_out[-1].end] = [""] * (left_out[-1].end - piece.start)
        position = end
    rest = "\n".join(lines)
    if not sound or parse(rest) is None:
        return None
    return Recovered(code=rest, broken=tuple(broken))


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Lines from ``start`` up to ``end``, counted from 0, that hold one statement or a part of a broken one."""

    start: int
    end: int
    text: str
    tree: ast.Module | None
    error: SyntaxError | None

    @property
    def header(self) -> str | None:
        """The keyword of a compound statement whose body is not there; else None."""
        match = _HEADER.match(self.text)
        first, *rest = [line for line in self.text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
        whole = not rest and first.partition("#")[0].rstrip().endswith(":")
        return match["word"] if match and whole else None

    @property
    def goes_on(self) -> bool:
        """Whether it can only belong to what stands before it."""
        return bool(_BRANCH.match(self.text) or _CLOSING.match(self.text))

    @property
    def is_name(self) -> bool:
        match self.tree:
            case ast.Module(body=[ast.Expr(value=ast.Name())]):
                return True
        return False

    @property
    def is_typed(self) -> bool:
        return self.tree is not None and any(map(is_typed, self.tree.body)) and not is_output(self.text)

    @property
    def binds(self) -> bool:
        """Whether it is sound and more than an expression."""
        return self.tree is not None and not any(isinstance(each, ast.Expr) for each in self.tree.body)

    @property
    def begins_as_statement(self) -> bool:
        """Whether it begins with a keyword that begins a statement, sound or not."""
        return bool(_HEADER.match(self.text) or _KEYWORD.match(self.text))

    @property
    def is_prose(self) -> bool:
        return self.tree is None and _is_prose(self.text)


def split(code: str) -> tuple[Piece, ...]:
    """Code cut wherever a statement begins at the margin, by the best reading of what is broken."""
    if len(code) > LONGEST_CODE:
        return ()
    # Imported here: it takes longer than all else for a submission in which nothing is broken.
    from parso.grammar import load_grammar

    try:
        module = load_grammar().parse(code, error_recovery=True)
        starts = sorted({child.start_pos[0] - 1 for child in module.children if child.start_pos[1] == 0})
    except RecursionError:
        return ()
    lines = code.split("\n")
    starts = [start for start in starts if start < len(lines) and lines[start].strip()]
    pieces = []
    for start, following in pairwise([*starts, len(lines)]):
        end = following
        while not lines[end - 1].strip():
            end -= 1
        text = "\n".join(lines[start:end])
        found = tree_or_error(text)
        tree = found if isinstance(found, ast.Module) else None
        error = found if isinstance(found, SyntaxError) else None
        if tree is not None and (error := compile_error(tree)) is not None:
            tree = None
        pieces.append(Piece(start=start, end=end, text=text, tree=tree, error=error))
    return tuple(pieces)


def reads_like_code(text: str, *, known: str = "") -> bool:
    """Whether lines that nothing marks as code are some: a typed statement among sound ones, or most of the pieces.

    ``known`` is the code before them: whatever asks only for names that stand there is code, too.
    """
    tree = parse(text)
    if tree is None:
        pieces = [piece for piece in split(text) if not piece.text.startswith(("%", "!"))]
        return 2 * sum(piece.is_typed for piece in pieces) > len(pieces)
    if not tree.body or is_output(text):
        return False
    if any(map(is_typed, tree.body)):
        return True
    names = {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)}
    return bool(names) and names <= set(_WORD.findall(known))


def _extent(pieces: Sequence[Piece], position: int) -> tuple[int, str]:
    """Up to which piece a broken statement goes, and what is wrong with it."""
    piece = pieces[position]
    if piece.header is not None and position + 1 < len(pieces):
        end = _end_of_body(pieces, position, piece.header)
        header = " ".join(piece.text.partition("#")[0].split())
        cause = f"The lines under `{shorten(header, 40)}` have lost their indentation"
    elif piece.is_prose:
        end = position + 1
        while end < len(pieces) and (pieces[end].is_prose or pieces[end].is_name):
            end += 1
        return end, "This is text, not Python: begin it with #, or put it into a Markdown cell"
    else:
        end, cause = position + 1, _cause(piece)
    while end < len(pieces) and pieces[end].goes_on:
        header_below = pieces[end].header
        end = end + 1 if header_below is None else _end_of_body(pieces, end, header_below)
    return end, cause


def _end_of_body(pieces: Sequence[Piece], position: int, word: str) -> int:
    """Up to where the body of a header reaches whose lines all stand at the margin."""
    end = min(position + 1, len(pieces))
    if word in ("def", "class"):
        # A `return` at the margin can only belong to it; without one, its first line is all that is certain.
        following = range(end, next((n for n in range(end, len(pieces)) if pieces[n].header == word), len(pieces)))
        returns = [n for n in following if pieces[n].text.startswith(("return", "yield"))]
        return max(returns, default=min(end, len(pieces) - 1)) + 1
    if word == "try":
        following = range(end, next((n for n in range(end, len(pieces)) if pieces[n].header == "try"), len(pieces)))
        handlers = [n for n in following if pieces[n].text.startswith(("except", "finally"))]
        return handlers[0] if handlers else min(end + 1, len(pieces))
    while end < len(pieces) and pieces[end].header not in (None, "def", "class", "try"):
        end += 1
    inner = pieces[end].header if end < len(pieces) else None
    return min(end + 1, len(pieces)) if inner is None else _end_of_body(pieces, end, inner)


def _broken_statement(pieces: Sequence[Piece], cause: str) -> BrokenStatement:
    first, last = pieces[0].start + 1, pieces[-1].end
    what = "This line was" if first == last else f"{last - first + 1} lines were"
    text = "\n".join(piece.text for piece in pieces)
    outline = text.split("\n")[0] if _HEADER.match(text) and text.lstrip().startswith(("def", "class")) else text
    return BrokenStatement(line=first, text=f"{cause}. {what} left out.", binds=tuple(dict.fromkeys(_bound(outline))))


def _bound(text: str) -> Iterator[str]:
    """The names that broken lines would have bound, as far as can be seen."""
    for line in text.split("\n"):
        for pattern in (_TARGETS, _BINDING, _IMPORT):
            if match := pattern.match(line.strip()[:LONGEST_LINE]):
                # `a.b = 1` and `a[i] = 1` change `a`, which is then not what it should be either.
                for names in match.groups():
                    yield from (name for name in _WORD.findall(names or "") if not keyword.iskeyword(name))


def _cause(piece: Piece) -> str:
    """What is wrong with a statement, in words for someone who learns Python."""
    error = piece.error
    said = (error.msg if error is not None else "") or ""
    if match := re.match(r"invalid (?:character|non-printable character) (?:'(.)' )?\(?U\+([0-9A-F]+)", said):
        return _cause_of_character(match[1] or chr(int(match[2], 16)))
    margins = "".join(line[: len(line) - len(line.lstrip())] for line in piece.text.split("\n"))
    if isinstance(error, TabError) or (isinstance(error, IndentationError) and "\t" in margins and " " in margins):
        return "Tabs and spaces are mixed in the indentation; use spaces only"
    for pattern, cause in _CAUSES:
        if match := re.search(pattern, said):
            return match.expand(cause)
    return f"Python cannot read this ({said})" if said else "Python cannot read this"


def _cause_of_character(character: str) -> str:
    if character in _CURLY:
        return f"Curly quotes ({character}), as word processors write them, are not Python's: type straight ones"
    plain = _narrow(character)
    if plain == " ":
        return "A special kind of space was pasted in, which Python cannot read: type it anew"
    if plain != character and unicodedata.east_asian_width(character) in "FW":
        return f"`{character}` is full-width punctuation, from a Chinese or Japanese keyboard: type `{plain}`"
    return f"`{character}` is a character that Python's code cannot hold"


# By what Python 3.11 and later say; what is not listed is said in Python's own words.
_CAUSES = (
    (r"Missing parentheses in call to '(\w+)'", r"This is Python 2: in Python 3, `\1` needs brackets, `\1(…)`"),
    (r"expected ':'", "A colon is missing at the end of the statement's first line"),
    (r"'(.)' was never closed", r"The bracket `\1` is never closed"),
    (r"unmatched '(.)'", r"The bracket `\1` closes nothing"),
    (r"closing parenthesis '(.)' does not match opening parenthesis '(.)'", r"The bracket `\2` is closed by `\1`"),
    (r"unterminated .*triple-quoted", "A text in triple quotes has no end"),
    (r"unterminated .*string", "A text in quotes has no end: the closing quote is missing"),
    (r"expected an indented block", "Lines that should be indented are not there, or have lost their indentation"),
    (r"unexpected indent", "The line is indented, but nothing above asks for it"),
    (r"unindent does not match", "The indentation does not fit that of the lines above"),
    (r"'(\w+)' outside (?:async )?(function|loop)",
     r"`\1` stands outside of a \2; perhaps the line has lost its indentation"),
    (r"'(\w+)' not properly in loop", r"`\1` stands outside of a loop; perhaps the line has lost its indentation"),
    (r"Maybe you meant '=='", "`=` gives a name a value; to compare two values, write `==`"),
    (r"Perhaps you forgot a comma", "Something is missing between two values, perhaps a comma or an operator"),
)  # fmt: skip


def _narrow(text: str) -> str:
    """A text with the signs of a common keyboard in the place of full-width and curly ones."""
    return unicodedata.normalize("NFKC", text).translate(_PLAIN)


def _is_prose(text: str) -> bool:
    """Whether broken lines are sentences. Words that follow each other without a sign make the difference."""
    line = _narrow(text.split("\n")[0][:LONGEST_LINE])
    if parse(line) is not None or re.search(r"[=\[\]{}]|\w\(", line):
        return False
    pairs = sum(
        not keyword.iskeyword(first) and not keyword.iskeyword(second)
        for first, second in re.findall(r"([^\W\d]\w*)\s+(?=([^\W\d]\w*))", line)
    )
    no_letters_of_code = sum(not letter.isascii() for letter in line if letter.isalpha())
    return pairs >= 2 or no_letters_of_code >= 4

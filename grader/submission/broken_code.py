"""Cells that do not parse: statements that can run are kept, the others are left out, with the cause for the student.

parso's parser recovers from errors, so it finds where statements begin; Python decides whether a statement is valid.
Broken statements are not repaired, not even obvious cases such as curly quotes: only the student knows what was meant.
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
from grader.submission.string_errors import cause_in_strings
from grader.text import shorten
from grader.text_bounds import TEXT, bounded

LONGEST_CODE = 64 * 1024
"""Characters; longer cells are not searched for valid statements, since a hostile cell would take too long."""
NOT_PYTHON = "This is text, not Python"
"""How the cause begins where words stand in a cell for code."""
LONGEST_LINE = 500
"""Characters of a broken line that are examined for the cause, by regular expressions of quadratic cost."""

_HEADER = re.compile(r"(?:async\s+)?(?P<word>class|def|elif|else|except|finally|for|if|try|while|with)\b")
_KEYWORD = re.compile(r"(?:break|continue|pass|raise|return|yield)\b")
# What can only continue a statement that began above: another branch, or a closing bracket.
_BRANCH = re.compile(r"(?:elif|else|except|finally)\b")
# Brackets, also of another keyboard, an equals sign, a decorator, or the first word of a statement.
_TYPED_SIGN = re.compile(
    r"[=(\[{@" + "\uff08\uff1d\u3010" + r"]|^\s*(?:def|elif|else|for|if|import|print|while|with)\b"
)
_CLOSING = re.compile(r"[)\]}]")
_WORD = re.compile(r"[^\W\d]\w*")
_TARGETS = re.compile(r"\s*(?P<names>[\w\s,*\[\].]+?)\s*(?:[-+*/@%&|^]|\*\*|//|<<|>>)?=(?!=)")
_BINDING = re.compile(r"\s*(?:async\s+)?(?:def|class|for)\s+(?P<names>\w+(?:\s*,\s*\w+)*)|.*\bas\s+(?P<alias>\w+)")
# What a sentence about code mentions, and what an assignment begins with. In ASCII: Chinese sets no spaces around it.
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`")
_ARGUMENT = re.compile(r"(?<![\w.])[a-z_][\w.]*\s*==?\s*[\w.+-]+", re.ASCII | re.IGNORECASE)
_ASSIGNMENT = re.compile(
    r"[a-z_][\w.]*(?:\s*,\s*[a-z_][\w.]*)*\s*(?:\[[^\]]*\]\s*)?[-+*/@]?=(?!\s*(?:True|False|None)\b|=)",
    re.ASCII | re.IGNORECASE,
)
_CALL = re.compile(r"[\w.]+\([^()]*\)|\[[^\[\]]*\]")
_FOUR_WORDS = re.compile(r"(?:[^\W\d_]+ ){3}[^\W\d_]")
MAX_NESTED = 3
"""Calls inside of each other that a sentence mentions."""
_IMPORT = re.compile(r"\s*(?:from\s+[\w.]+\s+)?import\s+(?P<names>\w+)")
# Word processors' quotes, and the ideographic comma and full stop, which NFKC does not change.
_CURLY = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"
_PLAIN = str.maketrans(_CURLY + "\u3001\u3002", 4 * "'" + 4 * '"' + ",.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """Code in which broken statements are replaced by blank lines, so that all other lines keep their numbers."""

    code: str
    broken: tuple[BrokenStatement, ...]


def recover(code: str) -> Recovered | None:
    """``code``, which is broken, without its broken statements; None if nothing is left that can run."""
    if "\n" not in code.strip():
        return None  # statements are told apart by lines: with a broken line, nothing is left
    lines, broken, sound = _take_out(code)
    rest = "\n".join(lines)
    if not sound or parse(rest) is None:
        return None
    return Recovered(code=rest, broken=broken)


def find_broken(code: str) -> tuple[BrokenStatement, ...]:
    """The broken statements of ``code``, of which nothing can run; empty if its statements cannot be told apart."""
    return _take_out(code)[1]


def _take_out(code: str) -> tuple[list[str], tuple[BrokenStatement, ...], bool]:
    """The lines of ``code``, those of broken statements blank; these statements; whether another could be run."""
    pieces = split(code)
    lines = code.split("\n")
    broken = []
    sound = False
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        if piece.tree is not None and not piece.continues:
            sound = sound or any(map(is_typed, piece.tree.body))
            position += 1
            continue
        end, cause = _extent(pieces, position)
        left_out = pieces[position:end]
        broken.append(_broken_statement(left_out, cause))
        lines[piece.start : left_out[-1].end] = [""] * (left_out[-1].end - piece.start)
        position = end
    return lines, tuple(broken), sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Lines that hold a statement, or a part of a broken statement. Comments and blank lines may precede it."""

    start: int
    """The first line, from 0."""
    end: int
    """The line after the last."""
    text: str
    tree: ast.Module | None
    """None if the text is not valid Python."""
    error: SyntaxError | None
    """Why the text is not valid, if Python says so."""

    @property
    def header(self) -> str | None:
        """The keyword of a compound statement without a body, such as ``if x:``; None for anything else."""
        match = _HEADER.match(self.text)
        first, *rest = [line for line in self.text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
        whole = not rest and first.partition("#")[0].rstrip().endswith(":")
        return match["word"] if match and whole else None

    @property
    def continues(self) -> bool:
        """Whether it can only continue the piece before it."""
        return bool(_BRANCH.match(self.text) or _CLOSING.match(self.text))

    @property
    def is_name(self) -> bool:
        """Whether it is nothing but a name. Such a line can be code or a word."""
        match self.tree:
            case ast.Module(body=[ast.Expr(value=ast.Name())]):
                return True
        return False

    @property
    def is_typed(self) -> bool:
        """Whether it is valid code that a person would type, rather than words or printed output."""
        return self.tree is not None and any(map(is_typed, self.tree.body)) and not is_output(self.text)

    @property
    def is_more_than_expression(self) -> bool:
        """Whether it is valid, and no part of it is only an expression."""
        return self.tree is not None and not any(isinstance(statement, ast.Expr) for statement in self.tree.body)

    @property
    def begins_as_statement(self) -> bool:
        """Whether its first word is a keyword that begins a statement."""
        return bool(_HEADER.match(self.text) or _KEYWORD.match(self.text))

    @property
    def is_prose(self) -> bool:
        """Whether it is a sentence rather than broken code."""
        return self.tree is None and _is_prose(self.text)


def split(code: str) -> tuple[Piece, ...]:
    """Splits code at every line on which parso sees an unindented statement begin; empty if the code is too long or too
    deeply nested.
    """
    if len(code) > LONGEST_CODE:
        return ()
    # Imported here, because most submissions do not need it and the import takes longer than reading them.
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
    """Whether lines without any marker of code are code. Valid Python needs a statement that a person would type; of
    broken Python, more than half of the pieces must be typed statements.

    ``known`` is the code before: an expression whose names all occur there is code, too.
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


def was_meant_as_code(text: str) -> bool:
    """Whether some of a text that does not parse was meant as code, and not as words."""
    return any(
        not (piece.is_prose or piece.is_name or (piece.tree is None and _mentions_code(piece.text)))
        and _TYPED_SIGN.search(piece.text)
        for piece in split(text)
    )


def _extent(pieces: Sequence[Piece], position: int) -> tuple[int, str]:
    """The index of the piece after a broken statement, and the cause in words."""
    piece = pieces[position]
    if piece.header is not None and position + 1 < len(pieces):
        end = _end_of_body(pieces, position, piece.header)
        header = " ".join(piece.text.partition("#")[0].split())
        cause = f"The lines under `{shorten(header, 40)}` have lost their indentation"
    elif piece.is_prose:
        end = position + 1
        while end < len(pieces) and (pieces[end].is_prose or pieces[end].is_name):
            end += 1
        return end, f"{NOT_PYTHON}: begin it with #, or put it into a Markdown cell"
    else:
        end, cause = position + 1, _cause(piece)
    while end < len(pieces) and pieces[end].continues:
        header_below = pieces[end].header
        end = end + 1 if header_below is None else _end_of_body(pieces, end, header_below)
    return end, cause


def _end_of_body(pieces: Sequence[Piece], position: int, word: str) -> int:
    """The index of the piece after the body of a compound statement whose body has lost its indentation.

    ``word`` is the statement's keyword.
    """
    end = min(position + 1, len(pieces))
    if word in ("def", "class"):
        # An unindented `return` can only belong to this function. Without a `return`, only the first line of
        # the body is certain.
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
    return BrokenStatement(
        line=first,
        text=f"{bounded(cause, TEXT)}. {what} left out.",
        binds=tuple(dict.fromkeys(_assigned_names(outline))),
        changes=tuple(dict.fromkeys(_changed_names(outline))),
    )


def _assigned_names(text: str) -> Iterator[str]:
    """The names that broken lines would have assigned, as far as regular expressions can tell."""
    for line in text.split("\n"):
        for pattern in (_TARGETS, _BINDING, _IMPORT):
            if match := pattern.match(line.strip()[:LONGEST_LINE]):
                # `a.b = 1` and `a[i] = 1` count for `a`, whose value then is not what it should be.
                for names in match.groups():
                    yield from (name for name in _WORD.findall(names or "") if not keyword.iskeyword(name))


def _changed_names(text: str) -> Iterator[str]:
    """The names that broken lines would have bound to something made of what they were bound to."""
    for line in text.split("\n"):
        line = line.strip()[:LONGEST_LINE]
        if match := _TARGETS.match(line):
            is_augmented = not match[0].removesuffix("=").rstrip().endswith(match["names"][-1])
            used = set(_WORD.findall(line[match.end() :]))
            yield from (name for name in _WORD.findall(match["names"]) if is_augmented or name in used)


def _cause(piece: Piece) -> str:
    """What is wrong with a statement, in words for a beginner."""
    error = piece.error
    said = (error.msg if error is not None else "") or ""
    if match := re.match(r"invalid (?:character|non-printable character) (?:'(.)' )?\(?U\+([0-9A-F]+)", said):
        return _cause_of_character(match[1] or chr(int(match[2], 16)))
    margins = "".join(line[: len(line) - len(line.lstrip())] for line in piece.text.split("\n"))
    if isinstance(error, TabError) or (isinstance(error, IndentationError) and "\t" in margins and " " in margins):
        return "Tabs and spaces are mixed in the indentation; use spaces only"
    if error is not None and (cause := cause_in_strings(error, piece.text)):
        return cause
    for pattern, cause in _CAUSES_BY_TEXT:
        if re.match(pattern, piece.text.lstrip()):
            return cause
    return plain_cause(said)


def plain_cause(said: str) -> str:
    """The message of a syntax error in words for a beginner."""
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


# Patterns for the messages of Python 3.11 and later. Other messages are shown as Python words them.
_CAUSES = (
    (r"Missing parentheses in call to '(\w+)'", r"This is Python 2: in Python 3, `\1` needs brackets, `\1(…)`"),
    (r"expected ':'", "A colon is missing at the end of the statement's first line"),
    (r"'(.)' was never closed", r"The bracket `\1` is never closed"),
    (r"unmatched '(.)'", r"The bracket `\1` closes nothing"),
    (r"closing parenthesis '(.)' does not match opening parenthesis '(.)'", r"The bracket `\2` is closed by `\1`"),
    (
        r"non-default argument follows default|parameter without a default follows",
        "A parameter without a default value cannot follow one that has a default value",
    ),
    (r"expected an indented block", "Lines that should be indented are not there, or have lost their indentation"),
    (r"unexpected indent", "The line is indented, but nothing above asks for it"),
    (r"unindent does not match", "The indentation does not fit that of the lines above"),
    (
        r"'((?:await|async )\w*)' outside async function",
        r"`\1` stands in a function that is not asynchronous; such a function begins with `async def`",
    ),
    (
        r"'(\w+)' outside (?:async )?(function|loop)",
        r"`\1` stands outside of a \2; perhaps the line has lost its indentation",
    ),
    (r"'(\w+)' not properly in loop", r"`\1` stands outside of a loop; perhaps the line has lost its indentation"),
    (r"Maybe you meant '=='", "`=` gives a name a value; to compare two values, write `==`"),
    (r"Perhaps you forgot a comma", "Something is missing between two values, perhaps a comma or an operator"),
)
# By the text: only later versions than Python 3.11 say more than "invalid syntax".
_CAUSES_BY_TEXT = (
    (r"import\b[^\n#;]*\sfrom\b", "It is `from … import …`, in this order"),
    (r"from\s+[\w.]+\s+import[ \t]*(?:#|;|\n|\Z)", "After `import`, the names are missing"),
)


def _narrow(text: str) -> str:
    """``text`` with full-width characters and curly quotes replaced by their ASCII forms."""
    return unicodedata.normalize("NFKC", text).translate(_PLAIN)


def _is_prose(text: str) -> bool:
    """Whether broken lines are sentences: several words in a row without an operator, or non-ASCII letters."""
    line = _narrow(text.split("\n")[0][:LONGEST_LINE])
    return parse(line) is None and _has_words_only(line)


def _mentions_code(text: str) -> bool:
    """Whether broken lines are sentences in which calls and arguments are mentioned: "It works with
    retain_graph=True".
    """
    line = _narrow(text.split("\n")[0][:LONGEST_LINE])
    line = _QUOTED.sub(" ", line).partition("#")[0].strip()
    if _ASSIGNMENT.match(line):
        return False
    for _ in range(MAX_NESTED):
        line = _CALL.sub(" ", line)
    return _has_words_only(_ARGUMENT.sub(" ", line))


def _has_words_only(line: str) -> bool:
    if re.search(r"[=\[\]{}]|\w\(", line):
        return False
    pairs = sum(
        not keyword.iskeyword(first) and not keyword.iskeyword(second)
        for first, second in re.findall(r"([^\W\d]\w*)\s+(?=([^\W\d]\w*))", line)
    )
    non_ascii_letters = sum(not letter.isascii() for letter in line if letter.isalpha())
    return pairs >= 2 or non_ascii_letters >= 4 or (pairs == 1 and _FOUR_WORDS.search(line) is not None)

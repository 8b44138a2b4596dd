"""Comments and headings that were probably meant for markers, and are none: what they mark would be handed out."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from difflib import get_close_matches

_SIDES = ("begin", "begins", "end", "ends", "start", "starts", "stop", "stops")
_SUBJECTS = ("solution", "solutions", "prompt", "hidden", "scheme", "markscheme", "ignore", "answer", "answers", "soln")
_FILLING = ("test", "tests", "mark", "no", "of", "the", "here", "region", "block", "cell", "code", "config", "my")
_GLUED = re.compile(r"(BEGIN|END|START|STOP)(?=(?:SOL|PROMPT|HIDDEN|MARK|IGNORE|ANSWER))", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_SHOUTED = re.compile(r"\b(?:BEG\w*|END\w*|START|STOP)\b.*\b(?:SOL\w*|HIDDEN|PROMPT)\b|^[ \t]*SOLUTIONS?\b")

_SOLUTION = (
    r"(?:(?:(?:sample|model|reference|example|suggested|possible|correct)[ ]+)?(?:solutions?|soln?s?|solutoin|soluton|"
    r"soultion|soluci[oó]n|soluzion[ei]|corrig[ée])|(?:sample|model|reference|example|suggested|correct)[ ]+answers?|"
    r"(?:muster|beispiel)?l(?:ö|oe|o)sung(?:en)?)"
)
_ONLY_SOLUTION = re.compile(rf"{_SOLUTION}(?:[ ]+no[ ]+prompt)?[ ]*[\d.:!#*-]*", re.IGNORECASE)
_BEGINS_SOLUTION = re.compile(rf"{_SOLUTION}[ ]*(?:\d[ ]*)?[:-]", re.IGNORECASE)
_BARE = re.compile(r"[ \t]*((?:BEGIN|END)[ \t]+(?:SOLUTION|HIDDEN[ \t]+TESTS?|MARK[ \t]+SCHEME))[ \t]*")
_IGNORED = re.compile(r"(?i:ignored?|hidden tests?)$|(?:IGNORED?|HIDDEN|SEED)\b")

_COMMENT_IN_TEXT = re.compile(r"[ \t]*(?:#+|<!--+)[ \t]*(.*?)[ \t#-]*>?[ \t]*$")
_HEADING = re.compile(
    r"[ ]{0,3}(?:#{1,6}[ \t]+|<h\d[^>]*>|(?:<details[^>]*>)?<summary>)[ \t]*(.+?)[ \t#]*(?:</\w+>.*)?$", re.IGNORECASE
)
_BOLD = re.compile(r"[ ]{0,3}(?:>[ \t]*)?(?:\*\*|__|<strong>|<b>)[ \t]*(.+?)[ \t]*(?:\*\*|__|</strong>|</b>)(.*)$")
_BEFORE_TEXT = re.compile(r"^(?:[>+*_\s-]|<!--+)+")
"""What stands before the text of a list, a quotation, words in italics, or a comment."""
_OF_AN_EXERCISE = re.compile(
    rf"{_SOLUTION}(?:[ ]+(?:to|of|for|zu|zur|von|der|des))?(?:[ ]+(?:the|this|exercise|question|problem|task|part|"
    r"aufgabe|teil|frage))*[ ]*(?:[\d.]+[a-z]?\)?|\(?[a-z]\))?[ ]*[.:!]?",
    re.IGNORECASE,
)


def find_near_markers(code: str) -> Iterator[tuple[int, str]]:
    """The lines of a code cell, from 1, with comments that look like markers, and the marker that was probably meant.

    Only comments, and markers without ``#``: other words are not meant for markers.
    """
    for number, line in enumerate(code.split("\n"), 1):
        if bare := _BARE.fullmatch(line):
            yield number, f"### {bare[1]}"
    for number, comment, after_code in comments_of(code):
        if meant := _meant(comment.strip("# \t"), after_code=after_code):
            yield number, meant


def find_doubtful(code: str) -> Iterator[tuple[int, str]]:
    """The lines of a code cell, from 1, whose comments may be about a solution; with the comment."""
    for number, comment, _ in comments_of(code):
        text = comment.strip("# \t")
        if _BEGINS_SOLUTION.match(text) or _IGNORED.match(text):
            yield number, comment.strip()


def _meant(comment: str, *, after_code: bool) -> str | None:
    words = [word.casefold() for word in _WORD.findall(_GLUED.sub(r"\1 ", comment))]
    sides = [word for word in words if _is_like(word, _SIDES)]
    subjects = [word for word in words if _is_like(word, _SUBJECTS)]
    only = len(words) <= 6 and all(_is_like(word, (*_SIDES, *_SUBJECTS, *_FILLING)) for word in words)
    if (sides and subjects and only) or _SHOUTED.search(comment):
        if not sides:
            return "x = 1  # SOLUTION"
        side = "END" if sides[0].startswith(("e", "sto")) else "BEGIN"
        subject = "SOLUTION"
        for begin, name in (
            ("prom", "PROMPT"),
            ("hid", "HIDDEN TESTS"),
            ("sch", "MARK SCHEME"),
            ("mark", "MARK SCHEME"),
            ("ign", "IGNORE"),
        ):
            subject = name if subjects and subjects[0].startswith(begin) else subject
        return f"### {side} {subject}"
    if _ONLY_SOLUTION.fullmatch(comment.strip(" -=*_:")):
        return "# SOLUTION" if after_code else "### BEGIN SOLUTION"
    if comment in ("HIDDEN", "HIDDEN TEST", "HIDDEN TESTS"):
        return "### BEGIN HIDDEN TESTS"
    return None


def _is_like(word: str, known: tuple[str, ...]) -> bool:
    return word in known or (len(word) > 3 and bool(get_close_matches(word, known, n=1, cutoff=0.85)))


def comments_of(code: str) -> Iterator[tuple[int, str, bool]]:
    """The comments of a code cell: its line from 1, its text, and whether code stands before it.

    Where the code cannot be read to its end, as with magics, whatever follows a ``#`` counts as a comment.
    """
    found: list[tuple[int, str, bool]] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                found.append((token.start[0], token.string, bool(token.line[: token.start[1]].strip())))
    except (tokenize.TokenError, SyntaxError):
        found = []
        for number, line in enumerate(code.split("\n"), 1):
            before, mark, text = line.partition("#")
            if mark:
                found.append((number, mark + text, bool(before.strip())))
    yield from found


def near_marker_in_text(line: str) -> str | None:
    """The marker that a line of a text cell was probably meant for; None: it is none."""
    if not (found := _COMMENT_IN_TEXT.match(line)):
        return None
    meant = _meant(found[1].strip(), after_code=False)
    return meant if meant is not None and meant.startswith("### ") and _has_side(found[1]) else None


def _has_side(text: str) -> bool:
    return any(_is_like(word.casefold(), _SIDES) for word in _WORD.findall(_GLUED.sub(r"\1 ", text)))


def find_solution_headings(markdown: str) -> Iterator[tuple[int, str]]:
    """The lines of a text cell, from 1, that announce a solution: a heading, or words in bold."""
    fence = False
    for number, line in enumerate(markdown.split("\n"), 1):
        if line.lstrip().startswith(("```", "~~~")):
            fence = not fence
        elif not fence and _announces(line):
            yield number, line.strip()


def _announces(line: str) -> bool:
    if (heading := _HEADING.match(line)) or (heading := _BOLD.match(line)):
        title = heading[1].strip("*_ ")
        return _OF_AN_EXERCISE.fullmatch(title) is not None or _BEGINS_SOLUTION.match(title) is not None
    return _BEGINS_SOLUTION.match(_BEFORE_TEXT.sub("", line)) is not None

"""What a student wrote in words: Markdown, comments, docstrings, texts that are printed; not what was handed out."""

from __future__ import annotations

import itertools
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.judging.sections import Scope
from grader.model import RunPlace, Submission
from grader.submission.fingerprints import Handout
from grader.submission.tokens import readable_tokens

MIN_LETTERS = 8
"""A string in code with fewer is a label or a format, not a sentence."""
MIN_ANSWER = 15
"""Letters that make an answer in words; shorter ones are remarks such as "TODO" or "see above"."""
_OPENING = re.compile(r"[rbfuRBFU]{0,2}[\"']+")
"""What is before the text of a string in code."""
MAX_WORDS = 20_000
"""Characters that are kept for a person to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A connected piece of writing. ``place`` is where it stands in the code, or the cell that follows a text."""

    text: str
    place: RunPlace
    in_scope: bool


def passages(submission: Submission, scope: Scope, handout: Handout) -> Iterator[Passage]:
    """Everything that the student wrote in words."""
    for prose in submission.prose:
        text = handout.without_given(prose.text)
        if text:
            place = RunPlace(cell=prose.after, line=0, statement=0)
            yield Passage(text=text, place=place, in_scope=scope.covers(prose))
    for number, cell in enumerate(submission.cells):
        place = RunPlace(cell=number, line=cell.first_line, statement=0)
        blocks = _in_code(cell.code)
        if not blocks or scope.is_given(place):
            continue
        covered = (scope.by_heading or scope.by_file) and place in scope
        for line, text in blocks:
            where = RunPlace(cell=number, line=cell.first_line + line - 1, statement=0)
            yield Passage(text=text, place=where, in_scope=covered)


def is_answered_in_words(submission: Submission, scope: Scope, handout: Handout) -> bool:
    """Whether something of some length was written where the exercise is named."""
    own = (passage.text for passage in passages(submission, scope, handout) if passage.in_scope)
    letters = itertools.accumulate(len(re.findall(r"[^\W\d_]", text)) for text in own)
    return any(count >= MIN_ANSWER for count in letters)  # the rest need not be read


def written_words(found: Sequence[Passage]) -> str:
    """What a person reads to mark an exercise: all that was written where it is named, or else anywhere, shortened."""
    text = "\n\n".join(passage.text for passage in [each for each in found if each.in_scope] or found)
    return text if len(text) <= MAX_WORDS else f"{text[:MAX_WORDS].rstrip()}…"


@lru_cache(maxsize=1024)  # every exercise asks for the same cells
def _in_code(code: str) -> tuple[tuple[int, str], ...]:
    """Blocks of comments and strings that read like sentences, each with its line, from 1."""
    return tuple(_read_code(code)) if any(sign in code for sign in "#'\"") else ()


def _read_code(code: str) -> Iterator[tuple[int, str]]:
    comments: list[str] = []
    began = 0
    for token in readable_tokens(code):
        if token.type == tokenize.COMMENT:
            began = began or token.start[0]
            comments.append(token.string.lstrip("#").strip())
        elif token.type not in (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            if comments:
                yield began, "\n".join(comments)
                comments, began = [], 0
            if token.type == tokenize.STRING and len(re.findall(r"[^\W\d_]", token.string)) >= MIN_LETTERS:
                opening = _OPENING.match(token.string)
                yield token.start[0], token.string[opening.end() if opening else 0 :].rstrip("\"'")
    if comments:
        yield began, "\n".join(comments)

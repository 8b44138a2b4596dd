"""What a student wrote in words: Markdown, comments, docstrings and other strings, without the handout's texts."""

from __future__ import annotations

import itertools
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.judging.own_code import OwnCode
from grader.judging.sections import Section
from grader.model import RunPlace, Submission
from grader.submission.fingerprints import Handout
from grader.submission.tokens import readable_tokens

MIN_LETTERS = 8
"""Letters of a string in code; a shorter string is a label or a format, not a sentence."""
MIN_ANSWER = 15
"""Letters of an answer; a shorter text is a remark such as "TODO" or "see above"."""
_OPENING = re.compile(r"[rbfuRBFU]{0,2}[\"']+")
"""The prefix and quotes before the text of a string literal."""
MAX_WORDS = 20_000
"""Characters that are kept for the person who marks the exercise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A connected text. ``place`` is its place in the code; of Markdown, the cell below it."""

    text: str
    place: RunPlace
    in_section: bool


def passages(submission: Submission, section: Section, handout: Handout, own_code: OwnCode) -> Iterator[Passage]:
    """Everything that the student wrote in words, in order."""
    for prose in submission.prose:
        text = handout.without_given(prose.text)
        if text:
            place = RunPlace(cell=prose.after, line=0, statement=0)
            yield Passage(text=text, place=place, in_section=section.covers(prose))
    for number, cell in enumerate(submission.cells):
        place = RunPlace(cell=number, line=cell.first_line, statement=0)
        blocks = _in_code(cell.code)
        # Older lists of fingerprints have whole cells, and no texts that stand in them.
        if not blocks or (handout.cells and not own_code.has_own(number)):
            continue
        covered = (section.by_heading or section.by_file) and place in section
        for line, block in blocks:
            text = handout.without_given(block)
            if not text:
                continue
            where = RunPlace(cell=number, line=cell.first_line + line - 1, statement=0)
            yield Passage(text=text, place=where, in_section=covered)


def is_answered_in_words(found: Sequence[Passage]) -> bool:
    """Whether the texts in the exercise's section are long enough to be an answer."""
    own = (passage.text for passage in found if passage.in_section)
    letters = itertools.accumulate(len(re.findall(r"[^\W\d_]", text)) for text in own)
    return any(count >= MIN_ANSWER for count in letters)  # stops at the first passage that suffices


def written_words(found: Sequence[Passage]) -> str:
    """The texts of an exercise's section, or of the whole submission if it has none, shortened for a person to read."""
    own = [passage for passage in found if passage.in_section]
    text = "\n\n".join(passage.text for passage in own or found)
    return text if len(text) <= MAX_WORDS else f"{text[:MAX_WORDS].rstrip()}…"


@lru_cache(maxsize=1024)  # every exercise reads all cells
def _in_code(code: str) -> tuple[tuple[int, str], ...]:
    """Blocks of comments, and strings that are long enough for a sentence, with their lines, counted from 1."""
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

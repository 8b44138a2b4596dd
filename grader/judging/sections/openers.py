"""What opens sections: texts and headings, and the rules about them that need no memory of what was read before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.judging.sections.answer_words import MIN_ANSWER, reads_like_an_answer
from grader.judging.sections.names import MOST_OF_A_TITLE, WHOLE_TITLE
from grader.judging.sections.numbers import NumberMark, number_mark
from grader.judging.sections.question_index import Match
from grader.judging.sections.section import Owners
from grader.judging.sections.units import Unit
from grader.judging.sections.wordings import count_letters, normalized

_QUESTION_SIGN = re.compile("[?\uff1f]")


@dataclass(frozen=True, slots=True)
class Opener:
    """A text that opened a section, or closed the section before it."""

    owners: Owners
    mark: NumberMark | None
    kind: str
    has_words: bool = False
    """Whether own words follow it."""


@dataclass(slots=True)
class OpenHeading:
    level: int
    owners: Owners | None
    """None: about what the headings above it are about."""


def ends_section(opener: Opener, mark: NumberMark) -> bool:
    """Whether a number that is not known ends a section: the next one after a bare number, any other after a word."""
    if opener.mark is None:
        return False
    return mark.follows(opener.mark) if mark.is_bare else not opener.mark.is_bare and mark.number != opener.mark.number


def says_little(unit: Unit) -> bool:
    """Whether a unit has too few words for an answer."""
    return not unit.in_code and count_letters(normalized(unit.text)) < MIN_ANSWER


def share_of_name(unit: Unit) -> float:
    """How much of a title a name must make up."""
    if unit.is_ruled:
        return 0.0
    return WHOLE_TITLE if unit.kind == "definition" else MOST_OF_A_TITLE


def exercises_in(meant: frozenset[str | None]) -> Owners:
    """The exercises among what a number may mean, which may be another question of the sheet."""
    return frozenset(exercise for exercise in meant if exercise is not None)


def is_question(match: Match, sentences: Sequence[str]) -> bool:
    """Whether sentences that are like a question are nothing but that."""
    if match.is_sure:
        return True
    text = " ".join(sentences)
    asks = bool(_QUESTION_SIGN.search(text)) or number_mark(text) is not None
    return asks and not reads_like_an_answer(text)

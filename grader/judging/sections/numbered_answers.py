"""Answers that are told by bare numbers alone ("1. Because …", "2. It fails …"), where an assignment gives the numbers.

Steps of programs and of lectures are numbered too. So bare numbers count only if nothing else in the file says what it
is about, they run in order, and they stand before answers in words, or do not begin with 1, as steps would.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from grader.judging.sections.answer_words import MIN_ANSWER, announces_exercises, is_answer_title
from grader.judging.sections.numbers import NumberMark, number_mark
from grader.judging.sections.section import Owners
from grader.judging.sections.units import Unit
from grader.judging.sections.wordings import count_letters, normalized
from grader.model import Cell, Submission
from grader.submission.fingerprints import Handout
from grader.submission.headings import LOWEST_LEVEL
from grader.submission.statements import statements_of

_ASKS = ("?", "\uff1f")
# "2 tensors" counts something, and "2. November 2026" is a date.
_SIGNED = re.compile(
    r"[\s#*_>(\[]*(?:\d{1,3}\s*[.):、\]\uff0e\uff09\uff1a\ufe0f\u20e3]|\d{1,3}(?:\W*$|\s+[-\u2013\u2014]\s)|[\u2460-\u2473])"
)
_DATE = re.compile(r"\w+,? (?:19|20)\d\d\W*")


def numbered_answers(
    submission: Submission, units: Sequence[Unit], handout: Handout, named: Mapping[int, Owners]
) -> frozenset[int]:
    """The positions of titles whose bare numbers run in order and stand for exercises; none if they may be steps.

    ``named`` has what the units are about without them. If anything is, it must be one of these titles, and there must
    be no other numbers, which are those of a list inside an answer.
    """
    if any(_is_about_something(unit) for unit in units):
        return frozenset()
    run = _run_in_order(units, handout)
    if not run:
        return frozenset()
    first_position, first = run[0]
    about = [position for position, owners in named.items() if owners]
    if about and (about[0] < first_position or len(run) < len(_bare_numbers(units, handout))):
        return frozenset()
    if len(run) == 1 and (first.number == "1" or units[first_position].kind != "comment"):
        return frozenset()
    if first_position and _introduces(units[first_position - 1]):
        return frozenset()
    is_certain = _asks(units, run) or any(not mark.rest or named.get(position) for position, mark in run)
    if first.number == "1" and not is_certain and not _is_in_words(submission, units, run):
        return frozenset()
    return frozenset(position for position, _ in run)


def numbered_questions(units: Sequence[Unit], handout: Handout) -> frozenset[int]:
    """The positions of the texts of a numbered sheet that no wording knows, such as one in another language.

    A list is such a sheet if half of it or more asks. A question reaches up to the last question mark of its block.
    """
    run = _run_in_order(units, handout)
    if len(run) < 2 or not _asks(units, run):
        return frozenset()
    found: set[int] = set()
    for position, _ in run:
        first = units[position]
        end = position
        while end < len(units) and units[end].block == first.block:
            end += 1
        asks = [at for at in range(position, end) if units[at].text.rstrip().endswith(_ASKS)]
        last = max(asks, default=position)
        found.update(at for at in range(position, end) if at <= last or units[at].line == first.line)
    return frozenset(found)


def _run_in_order(units: Sequence[Unit], handout: Handout) -> list[tuple[int, NumberMark]]:
    """The titles with bare numbers that count up by one; other numbers between them are those of inner lists."""
    run: list[tuple[int, NumberMark]] = []
    for position, mark in _bare_numbers(units, handout):
        if not run or int(mark.number) == int(run[-1][1].number) + 1:
            run.append((position, mark))
    return run


def _bare_numbers(units: Sequence[Unit], handout: Handout) -> list[tuple[int, NumberMark]]:
    """The titles of the student's own that begin with a number alone."""
    found: list[tuple[int, NumberMark]] = []
    for position, unit in enumerate(units):
        if not unit.title or unit.kind == "definition" or not _SIGNED.match(unit.title):
            continue
        mark = number_mark(unit.title)
        if (
            mark is None
            or not mark.is_bare
            or not mark.number.isdigit()
            or _DATE.fullmatch(mark.rest)
            or handout.has_sentence(unit.title)
        ):
            continue
        found.append((position, mark))
    return found


def _is_about_something(unit: Unit) -> bool:
    """Whether a unit is a heading about something else than exercises, answers, or a number."""
    if unit.kind != "heading" or unit.level >= LOWEST_LEVEL:
        return False
    mark = number_mark(unit.text)
    return not (mark or announces_exercises(unit.text) or is_answer_title(unit.text))


def _asks(units: Sequence[Unit], run: Sequence[tuple[int, NumberMark]]) -> bool:
    return 2 * sum(units[position].title.rstrip("*_ ").endswith(_ASKS) for position, _ in run) >= len(run)


def _introduces(unit: Unit) -> bool:
    """Whether a sentence announces a list of its own: "Today I learned:"."""
    text = unit.text.strip()
    return text.endswith((":", "\uff1a")) and not (announces_exercises(text) or is_answer_title(text))


def _is_in_words(submission: Submission, units: Sequence[Unit], run: Sequence[tuple[int, NumberMark]]) -> bool:
    """Whether enough words follow the numbers, and no code that does something."""
    first = units[run[0][0]]
    after = units[run[0][0] :]
    if any(unit.kind == "fence" for unit in after) or any(
        _does_something(submission.cells[number], first.line if number == first.cell and first.in_code else 0)
        for number in range(first.cell, len(submission.cells))
    ):
        return False
    letters = sum(count_letters(normalized(unit.text)) for unit in after if unit.kind not in ("code", "definition"))
    return letters >= MIN_ANSWER * len(run)


def _does_something(cell: Cell, line: int) -> bool:
    """Whether code below a line of a cell could be an answer."""
    return any(
        not statement.is_idle and statement.last_line + cell.first_line - 1 > line
        for statement in statements_of(cell.code) or ()
    )

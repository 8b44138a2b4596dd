"""The rules that open and close sections: a submission is read from top to bottom, and what it is about is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.judging.sections.answer_words import (
    announced_answer,
    announces_exercises,
    is_answer_title,
)
from grader.judging.sections.names import MOST_OF_A_TITLE, NameIndex
from grader.judging.sections.numbered_answers import numbered_questions
from grader.judging.sections.numbers import Numbering, NumberMark, number_mark
from grader.judging.sections.openers import (
    Opener,
    OpenHeading,
    ends_section,
    exercises_in,
    is_question,
    says_little,
    share_of_name,
)
from grader.judging.sections.question_index import Budget, Match, QuestionIndex
from grader.judging.sections.section import NOBODY, OwnedUnit, Owners, SectionMap
from grader.judging.sections.units import Unit
from grader.model import Submission
from grader.submission.fingerprints import Handout
from grader.submission.headings import LOWEST_LEVEL

LIST_OF_QUESTIONS = 3
"""So many questions in a row, with nothing between them, are the sheet: the last of them opens no section."""
_NO_BLOCK = -1
_LONGEST_TITLE = 120
"""Characters of a line that is looked at for a name or number; longer lines are sentences."""
_LONGEST_TAG = 30
_IMPORT = re.compile(r"(?:import|from)\s")


class SectionReader:
    """Reads one submission. Its state is what the text that was read last is about."""

    def __init__(
        self,
        submission: Submission,
        names: NameIndex,
        index: QuestionIndex,
        numbering: Numbering,
        handout: Handout,
        answers: frozenset[int] = frozenset(),
    ) -> None:
        """``answers`` are the positions of titles whose bare numbers open sections."""
        self._submission = submission
        self._handout = handout
        self._names = names
        self._index = index
        self._numbering = numbering
        self._path: list[OpenHeading] = []
        self._opener: Opener | None = None
        self._opener_cell = -1
        self._cell_owners: Owners | None = None
        self._prose = -1  # the text that is read
        self._mentioned: Owners = NOBODY
        self._is_inner_list = False  # a list inside an answer began again with 1
        self._ones = (-1, 0)  # the Markdown text and how many of its items are numbered "1."
        self._run: list[tuple[int, str | None, NumberMark | None]] = []  # questions in a row
        self._run_block = -1
        self._run_line = -1
        self._run_start = 0  # the position of the first of them
        self._owned: list[OwnedUnit] = []
        self._has_code = False
        self._is_among_exercises = False  # a title such as "Exercises" or "Homework 2" was the last one
        self._exercises_level: int | None = None  # the level of the heading for exercises that is above
        self._is_answered_by_number = False  # titles such as "Answer 2" open the sections
        self._answers = answers
        self._questions: frozenset[int] = frozenset()

    def read(self, units: Sequence[Unit]) -> SectionMap:
        if self._numbering.has_given:
            self._questions = numbered_questions(units, self._handout)
        matches = self._matches(units)
        inside: Match | None = None
        inside_end = -1
        only_asks = False
        for position, unit in enumerate(units):
            match = matches.get(position)
            if match is not None:
                inside, inside_end = match, position + match.end - match.start
                in_window = [item.text for item in units[position:inside_end]]
                only_asks = is_question(match, in_window)
            in_question = inside if position < inside_end else None
            is_title = self._read(unit, match, in_question)
            is_asked = is_title or (in_question is not None and only_asks) or position in self._questions
            owned = OwnedUnit(unit, self._owners(), self._mentioned, is_asked, self._is_below_definition(unit))
            self._owned.append(owned)
        self._end_run(_NO_BLOCK)
        return SectionMap(self._owned)

    def _matches(self, units: Sequence[Unit]) -> dict[int, Match]:
        """The repeated questions, by the position of their first unit."""
        budget = Budget()
        found: dict[int, Match] = {}
        start = 0
        while start < len(units):
            end = start + 1
            first = units[start]
            while end < len(units) and units[end].block == first.block and units[end].kind == first.kind:
                end += 1
            if first.kind not in ("cell", "code", "fence", "definition"):
                sentences = [unit.text for unit in units[start:end]]
                for match in self._index.matches(sentences, is_title=bool(first.title), budget=budget):
                    if match.is_sure or first.kind != "trailing":  # a remark beside code is seldom a question
                        found[start + match.start] = match
            start = end
        return found

    def _read(self, unit: Unit, match: Match | None, inside: Match | None) -> bool:
        """Reads a unit; True if it is a title that says nothing of its own."""
        if unit.kind == "cell":
            self._enter_cell(unit)
            return False
        if unit.prose >= 0 and unit.prose != self._prose:
            self._prose = unit.prose
            self._cell_owners = self._named_by(self._submission.prose[unit.prose].titles)
        if unit.kind == "heading":
            return self._read_heading(unit, match)
        if match is not None:
            mark = self._mark(unit)
            self._ask(match.wording, match.exercise, mark, unit)
            self._open(NOBODY if match.exercise is None else frozenset({match.exercise}), mark, unit.kind, unit.cell)
            return False
        if inside is not None:
            return False
        if self._run and unit.block != self._run_block and (unit.title or not says_little(unit)):
            self._end_run(unit.block)
        opened = bool(unit.title) and self._read_title(unit)
        if unit.title and not opened and self._announces(unit.title, number_mark(unit.title)):
            self._is_among_exercises = True
        if not opened:
            self._read_content(unit)
        return opened and unit.is_ruled

    def _read_heading(self, unit: Unit, match: Match | None) -> bool:
        """Reads a heading; False if it may be an answer: a line in bold, or "Answer: …" as a heading."""
        owners: Owners | None = None
        mentioned = NOBODY
        mark = number_mark(unit.text, anywhere=True, sheets=unit.level > 1)
        if match is None and mark is None and self._is_answer(unit):
            self._read_content(unit)
            return False
        self._note_list(unit, mark)
        if match is None and not is_answer_title(unit.text):
            self._end_run(unit.block)
        meant = self._numbering.meant_by(mark) if mark else frozenset()
        named = self._named_in(unit.text, mark, MOST_OF_A_TITLE if self._handout.has_sentence(unit.text) else 0.0)
        if named and (match is None or self._names.is_most(unit.text)):
            owners = named
        elif match is not None:
            owners = NOBODY if match.exercise is None else frozenset({match.exercise})
            self._ask(match.wording, match.exercise, mark, unit)
        elif mark is not None and meant:
            known = exercises_in(meant)
            if len(meant) == 1 and (not mark.is_bare or not mark.rest or self._counts(mark)):
                owners = known
            else:
                mentioned = known
                owners = None if mark.is_bare else NOBODY
        elif is_answer_title(unit.text):
            return True
        if mark is not None and owners is not None and self._is_another_answer(mark, owners, unit.level):
            return True
        says_nothing = owners is None and not mentioned and mark is None
        if says_nothing and unit.level == LOWEST_LEVEL and self._opener is not None:
            self._read_content(unit)
            return False
        self._path = [heading for heading in self._path if heading.level < unit.level]
        self._path.append(OpenHeading(unit.level, owners))
        self._opener = None
        if owners is not None:
            self._cell_owners = None
            self._is_among_exercises = False
        self._is_inner_list = False
        self._mentioned = mentioned
        return not (says_nothing and unit.level == LOWEST_LEVEL)

    def _is_answer(self, heading: Unit) -> bool:
        """Whether a heading announces an answer and goes on with it. It may mention an exercise, and names none."""
        answer = announced_answer(heading.text)
        return bool(answer) and not self._names.named_in(answer, share=MOST_OF_A_TITLE)

    def _note_list(self, heading: Unit, mark: NumberMark | None) -> None:
        """Notes whether a heading stands for exercises, or among them."""
        level, announces = heading.level, self._announces(heading.text, mark)
        if announces or level < LOWEST_LEVEL:
            self._is_among_exercises = announces
        above = self._exercises_level
        if announces and level < LOWEST_LEVEL:
            self._exercises_level = level
        elif above is not None and (level < above or (level == above and (mark is None or not mark.is_bare))):
            self._exercises_level = None

    def _announces(self, title: str, mark: NumberMark | None) -> bool:
        """Whether a title says that exercises follow, rather than which exercise it is about."""
        is_of_many = (
            mark is None
            or self._numbering.names_a_sheet(mark)
            or (mark.is_bare and not self._numbering.meant_by(mark))  # "2.5.6. Exercises"
        )
        return is_of_many and announces_exercises(title) and not self._names.named_in(title)

    def _is_another_answer(self, mark: NumberMark, owners: Owners, level: int) -> bool:
        """Whether "Solution 2" is a further answer to the exercise that a title or question above it names."""
        if not mark.is_of_answer:
            return False
        above = self._owners()
        is_below = self._opener is not None or not self._path or self._path[-1].level < level
        if above and above != owners and is_below and not self._is_answered_by_number:
            return True
        self._is_answered_by_number = True
        return False

    def _counts(self, mark: NumberMark) -> bool:
        """Whether a bare number before words of its own is that of an exercise, in a heading."""
        is_listed = self._exercises_level is not None or len(self._owned) in self._answers
        return is_listed or self._numbering.is_learned(mark)

    def _named_in(self, title: str, mark: NumberMark | None, share: float) -> Owners:
        """The exercises that a title names. A known number with a word says more than a short name."""
        named = self._names.named_in(title, share=share)
        if not named or mark is None or mark.is_bare or self._names.is_certain(title):
            return named
        meant = exercises_in(self._numbering.meant_by(mark))
        if len(meant) < 2:
            return meant or named
        return self._names.narrowed(title, meant)

    def _read_title(self, unit: Unit) -> bool:
        """Reads a line that may be a title; False if it opens and closes nothing."""
        if len(unit.title) > _LONGEST_TITLE and not number_mark(unit.title):
            return False
        share = share_of_name(unit)
        mark = self._mark(unit)
        if named := self._named_in(unit.title, mark, share) or self._named_in(unit.lead, mark, share):
            self._end_run(unit.block)
            if self._opener is None or self._opener.owners != named:
                self._open(named, mark, unit.kind, unit.cell)
            return True
        if mark is None or (unit.kind == "definition" and mark.is_bare):
            return False
        meant = self._numbering.meant_by(mark)
        if meant and mark.is_of_answer and self._is_another_answer(mark, exercises_in(meant), LOWEST_LEVEL):
            return False
        if meant and self._may_open(mark):
            self._end_run(unit.block)
            self._open(exercises_in(meant) if len(meant) == 1 else NOBODY, mark, unit.kind, unit.cell)
            if len(meant) > 1:
                self._mentioned = exercises_in(meant)
            return True
        opener = self._opener
        if opener is not None and mark.is_bare and mark.number == "1":
            self._is_inner_list = True
        elif (
            opener is not None
            and opener.mark is not None
            and (opener.kind == unit.kind or unit.kind == "definition")
            and ends_section(opener, mark)
            and not (mark.is_bare and self._is_inner_list)
        ):
            self._open(NOBODY, mark, unit.kind, unit.cell)
            return True
        return False

    def _may_open(self, mark: NumberMark) -> bool:
        """Whether a known number opens a section here: bare numbers inside an answer are those of its own list."""
        if not mark.is_bare or len(self._owned) in self._answers:
            return True
        # Steps of programs and of lectures are numbered as exercises are.
        if mark.rest and not self._numbering.is_learned(mark) and not self._is_among_exercises:
            return False
        opener = self._opener
        if opener is None or not opener.owners:
            return True
        if not mark.rest and opener.mark is not None and opener.mark.is_bare and not opener.mark.rest:
            return True  # lines that are nothing but a number, in any order
        if self._is_inner_list or (self._numbering.is_first(mark) and mark.rest):
            return False
        return opener.mark is None or self._numbering.comes_after(mark, opener.mark)

    def _mark(self, unit: Unit) -> NumberMark | None:
        """The number before a title. In a list of which every item is numbered "1.", it is the item's position."""
        if not unit.title:
            return None
        mark = number_mark(unit.title, anywhere=unit.is_ruled)
        if mark is None or not mark.is_bare or unit.prose < 0:
            return mark
        prose, count = self._ones
        if mark.number != "1":
            self._ones = (-1, 0)
            return mark
        count = count + 1 if prose == unit.prose else 1
        self._ones = (unit.prose, count)
        return NumberMark(number=str(count), style=mark.style, rest=mark.rest)

    def _read_content(self, unit: Unit) -> None:
        """Reads what is no title and no question."""
        if self._run and unit.line == self._run_line and unit.block == self._run_block and says_little(unit):
            return  # a few more words on the line of a question, such as "Explain."
        self._end_run(unit.block)
        if unit.kind in ("code", "definition", "broken"):
            opener = self._opener
            if opener is None and unit.text and not _IMPORT.match(unit.text):
                self._is_among_exercises = False  # a list below code of no number is part of what was written about it
            # Where a script begins with questions and answers, the program below them is no part of the last answer.
            begins = not self._has_code and _IMPORT.match(unit.text)
            self._has_code = True
            if begins and opener is not None and opener.has_words and opener.kind in ("comment", "string"):
                self._opener = None
            return
        if unit.kind == "fence":
            return
        if self._opener is not None and not self._opener.has_words and unit.kind != "trailing":
            self._opener = Opener(self._opener.owners, self._opener.mark, self._opener.kind, has_words=True)
        if mentioned := self._names.named_in(unit.text[:400]):
            self._mentioned = mentioned

    def _ask(self, wording: int, exercise: str | None, mark: NumberMark | None, unit: Unit) -> None:
        """Notes a question, which may be part of a list of questions."""
        if not self._run:
            self._run_start = len(self._owned)
        if not self._run or (exercise, wording if exercise is None else None) != (
            self._run[-1][1],
            self._run[-1][0] if exercise is None else None,
        ):
            self._run.append((wording, exercise, mark))
        self._run_block, self._run_line = unit.block, unit.line

    def _end_run(self, block: int) -> None:
        """Ends a list of questions. The whole list opens no section, but teaches which numbers the exercises have."""
        run, self._run = self._run, []
        if len(run) < LIST_OF_QUESTIONS:
            return
        for _, exercise, mark in run:
            if mark is not None:
                self._numbering.learn(mark.number, exercise)
        if block == self._run_block:
            return  # the answer to the last question begins on its line
        self._opener = None
        self._is_inner_list = False
        for position in range(self._run_start, len(self._owned)):
            owned = self._owned[position]
            if owned.is_question or owned.unit.kind == "cell" or says_little(owned.unit):
                self._owned[position] = replace(owned, owners=NOBODY)
        if self._path and self._path[-1].owners and run[-1][1] in self._path[-1].owners:
            self._path[-1].owners = NOBODY

    def _open(self, owners: Owners, mark: NumberMark | None, kind: str, cell: int) -> None:
        self._opener = Opener(owners, mark, kind)
        self._opener_cell = cell
        self._cell_owners = None
        self._is_inner_list = False
        self._mentioned = NOBODY

    def _enter_cell(self, unit: Unit) -> None:
        self._prose = -1
        self._cell_owners = self._named_by(self._submission.cells[unit.cell].titles)

    def _named_by(self, titles: Iterable[str]) -> Owners | None:
        """The exercises that the titles of a cell name, or give the number of; None if there are none."""
        found: set[str] = set()
        for title in titles:
            mark = number_mark(title, anywhere=len(title) <= _LONGEST_TAG, sheets=False)
            named = self._named_in(title, mark, 0.0)
            meant = self._numbering.meant_by(mark) if mark and not mark.is_bare and not named else frozenset()
            found |= named or (exercises_in(meant) if len(meant) == 1 else NOBODY)
        return frozenset(found) or None

    def _is_below_definition(self, unit: Unit) -> bool:
        """Whether a function's or class's name, in a cell above, is what says what a unit is about."""
        opener = self._opener
        if opener is None or self._cell_owners is not None:
            return False
        return opener.kind == "definition" and opener.mark is None and unit.cell != self._opener_cell

    def _owners(self) -> Owners:
        if self._cell_owners is not None:
            return self._cell_owners
        if self._opener is not None:
            return self._opener.owners
        return next((heading.owners for heading in reversed(self._path) if heading.owners is not None), NOBODY)

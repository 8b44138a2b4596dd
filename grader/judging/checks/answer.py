"""Kind ``answer``: an answer in words, or a choice. An unclear answer is left to a person, never failed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from grader.judging.candidates import proves_attempt
from grader.judging.checks.base import Check
from grader.judging.context import Context, Subject
from grader.judging.written_answers import Passage
from grader.model import RunPlace, Verdict

MAX_SHOWN = 400
"""Characters of the answer that a report shows."""
# Signs between a question and its choice, and quotes around the choice; the escaped ones are full-width.
_SIGNS = ":=.)" + "\uff1a\uff1d\uff09" + "-"
_QUOTES = "\"'`(*" + "\uff08"
_ANY_QUOTE = ("'", '"')
_BETWEEN_QUOTES = re.compile(r"[^\"'\n]+")


class AnswerCheck(Check):
    """Reads what the student wrote: Markdown, comments, docstrings, printed texts. Where a heading, tag or file name
    says which part is about the exercise, only that part is read. Otherwise, keywords are looked for only in files
    that say of no part what it is about, since they occur by accident in words about something else. A choice such as
    `Q1: b` does not: it is looked for everywhere but in the sections of other exercises.
    """

    ANSWERED_IN_WORDS: ClassVar[bool] = True

    kind: Literal["answer"]
    keywords: tuple[tuple[str, ...], ...] = Field(
        default=(),
        description="Groups of words or beginnings of words, in any language. A right answer has one of every group.",
    )
    choose: Mapping[str, str] = Field(
        default={},
        description="Questions with the right choice, as `Q1: b`. Students write `Q1: b`, one line for each question.",
    )

    @model_validator(mode="after")
    def _fields_fit(self) -> AnswerCheck:
        if self.keywords and self.choose:
            raise ValueError("give `keywords` or `choose`, not both; or neither, and a person marks it")
        if any(not group or not all(word.strip() for word in group) for group in self.keywords):
            raise ValueError("every group of `keywords` is a list of words")
        if self.given or self.holds or self.expect:
            raise ValueError("`given`, `expect` and `holds` look at values; an answer has none")
        return self

    def variables(self) -> frozenset[str]:
        return frozenset()

    def judge(self, context: Context) -> Verdict:
        passages = self._searched(context.subject)
        own = [passage for passage in passages if passage.in_section]
        if self.choose:
            return self._judge_choices(passages, context)
        if own:
            # All texts under the exercise's headings together are one answer.
            whole = Passage(text="\n\n".join(passage.text for passage in own), place=own[0].place, in_section=True)
            candidates = [whole]
        else:
            candidates = passages
        for passage in candidates:
            if self.keywords and self._names_what_matters(passage.text):
                return Verdict(
                    check=self.id,
                    status="passed",
                    message="The answer names what matters.",
                    place=passage.place,
                    share=1.0,
                    found=True,
                    candidates=len(candidates),
                    evidence=passage.in_section and proves_attempt(self, passed=True, seen=True),
                )
        return self._for_a_person(own)

    def _searched(self, subject: Subject) -> list[Passage]:
        """The texts that may be an answer to this exercise."""
        section = subject.section
        own = [passage for passage in subject.passages if passage.in_section]
        if own:
            return own
        if section.asked or not section.whole.has_sections:
            return list(subject.passages)
        return [passage for passage in subject.passages if not passage.owners] if self.choose else []

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        """A pattern for each group: any of its words, or a longer word that begins with one of them."""
        groups = ("|".join(re.escape(word.strip().casefold()) for word in group) for group in self.keywords)
        return tuple(re.compile(rf"(?<![a-z])(?:{words})") for words in groups)

    def _names_what_matters(self, text: str) -> bool:
        folded = text.casefold()
        return all(pattern.search(folded) for pattern in self._patterns)

    def _for_a_person(self, own: Sequence[Passage]) -> Verdict:
        text = "\n\n".join(passage.text for passage in own)
        return Verdict(
            check=self.id,
            status="manual",
            message="A person has to read this answer."
            if own
            else "No answer in words was found; a person has to look.",
            actual=text[:MAX_SHOWN] or None,
            place=own[0].place if own else None,
            found=bool(own),
            candidates=len(own),
        )

    def _judge_choices(self, passages: Sequence[Passage], context: Context) -> Verdict:
        chosen: dict[str, tuple[str, RunPlace]] = {}
        for question in self.choose:
            for text, place in (*((passage.text, passage.place) for passage in passages), *_strings(context, question)):
                option = _choice(text, question)
                if option is not None:
                    chosen[question] = option, place
        # A word instead of the letter of a choice may mean the right choice, so a person decides.
        unclear = any(len(option) > len(self.choose[question].strip()) + 1 for question, (option, _) in chosen.items())
        if not chosen or unclear:
            return self._for_a_person([passage for passage in passages if passage.in_section])
        right = [q for q, (option, _) in chosen.items() if option.casefold() == self.choose[q].strip().casefold()]
        place = next(iter(chosen.values()))[1]
        passed = len(right) == len(self.choose)
        return Verdict(
            check=self.id,
            status="passed" if passed else "failed",
            message=f"{len(right)} of {len(self.choose)} choices are right.",
            actual=", ".join(f"{question}: {option}" for question, (option, _) in chosen.items()),
            chosen={question: option.casefold() for question, (option, _) in chosen.items()},
            place=place,
            share=len(right) / len(self.choose),
            found=True,
            candidates=len(chosen),
            evidence=proves_attempt(self, passed=passed, seen=True),
        )


def _strings(context: Context, question: str) -> Iterator[tuple[str, RunPlace]]:
    """Answers to a question in string literals of the student's code: ``Q1 = "b"``, ``print("Q1: b")``."""
    subject = context.subject
    name = re.compile(rf"\b{re.escape(question)}\b")
    given = re.compile(rf"""{name.pattern}\s*=\s*["']\w+["']""")
    for number, cell in enumerate(subject.submission.cells):
        place = RunPlace(cell=number, line=cell.first_line, statement=0)
        is_elsewhere = not subject.section.asked and subject.section.is_anothers(place)
        if place in subject.section and not is_elsewhere and subject.own_code.has_own(number):
            found = [*given.finditer(cell.source), *_quoted(cell.source, name)]
            yield from ((match[0], place) for match in sorted(found, key=re.Match.start))


def _quoted(source: str, name: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Texts between two quotes on a line that contain the name. Takes linear time for any source."""
    for match in _BETWEEN_QUOTES.finditer(source):
        start, end = match.span()
        if source[start - 1 : start] in _ANY_QUOTE and source[end : end + 1] in _ANY_QUOTE and name.search(match[0]):
            yield match


def _choice(text: str, question: str) -> str | None:
    """The option in the last ``question: option`` of a text, with any of the usual signs between them."""
    pattern = rf"(?im)(?<!\w){re.escape(question.strip())}\**\s*[{_SIGNS}]+\s*[{_QUOTES}]*(\w+)"
    found: list[str] = re.findall(pattern, text)
    return found[-1] if found else None

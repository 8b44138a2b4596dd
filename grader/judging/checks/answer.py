"""Kind ``answer``: an answer in words, or a choice. An unclear answer is left to a person, never failed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from grader.judging.candidates import proves_attempt
from grader.judging.checks.base import Check
from grader.judging.context import Context, Subject
from grader.judging.tracing.notes import CheckNotes
from grader.judging.words.choices import Choice, find_choice
from grader.judging.words.keywords import GAP, find_doubt, says
from grader.judging.words.written_answers import Passage, has_words
from grader.model import RunPlace, Verdict
from grader.text import shorten

MAX_SHOWN = 400
"""Characters of the answer that a report shows."""
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
        description="Groups of words or beginnings of words, in any language. A right answer has one of every group, "
        "in sentences that do not deny them.",
    )
    doubts: tuple[str, ...] = Field(
        default=(),
        description="Phrases that send an answer to a person although it has all keywords. `…` stands for a few "
        "words of a clause: `reverse … each input`.",
    )
    choose: Mapping[str, str] = Field(
        default={},
        description="Questions with the right choice, as `Q1: b`. Students write `Q1: b`, one line for each question.",
    )

    IGNORES: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("given", "expect", "holds", "names", "tolerance"), "an answer in words has no values"),
        "after": "an answer in words may stand anywhere",
        "through": "an answer in words has no graph",
    }

    @model_validator(mode="after")
    def _fields_fit(self) -> AnswerCheck:
        if self.keywords and self.choose:
            raise ValueError("give `keywords` or `choose`, not both; or neither, and a person marks it")
        if any(not group or not all(word.strip() for word in group) for group in self.keywords):
            raise ValueError("every group of `keywords` is a list of words")
        if self.doubts and not self.keywords:
            raise ValueError("`doubts` are about answers that have all `keywords`, and there are none")
        if not all(part.strip() for doubt in self.doubts for part in doubt.split(GAP)):
            raise ValueError("every phrase of `doubts` has words on both sides of `…`")
        return self

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
        for number, passage in enumerate(candidates):
            if context.notes is not None:
                self._note(context.notes, number, passage)
            if self.keywords and says(passage.text, self.keywords, self.doubts):
                if context.notes is not None:
                    context.notes.thing(number, "", 0, None).is_best = True
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

    def _note(self, notes: CheckNotes, number: int, passage: Passage) -> None:
        """Note which groups of words a text has, each by itself."""
        noted = notes.thing(number, f'"{shorten(" ".join(passage.text.split()), MAX_SHOWN)}"', number, passage.place)
        for group in self.keywords:
            noted.stated("keywords", " | ".join(group), held=says(passage.text, (group,)))
        if doubt := find_doubt(passage.text, self.doubts):
            noted.stated("doubts", doubt, held=False, said="it says this, so a person has to look")
        passed = bool(self.keywords) and says(passage.text, self.keywords, self.doubts)
        noted.decide("passed" if passed else "failed" if self.keywords else "withheld")

    def _note_choices(self, notes: CheckNotes, chosen: Mapping[str, Choice], place: RunPlace | None) -> None:
        noted = notes.thing("choices", "choices", 0, place)
        for question, wanted in self.choose.items():
            choice = chosen.get(question)
            right = None if choice is None else choice.option.casefold() == wanted.strip().casefold()
            said = "no choice was found" if choice is None else f"it says `{choice.option}`"
            noted.stated("choose", f"{question}: {wanted}", held=right, said=said)
        noted.is_best = True

    def _searched(self, subject: Subject) -> list[Passage]:
        """The texts that may be an answer to this exercise."""
        section = subject.section
        own = [passage for passage in subject.passages if passage.in_section]
        if own:
            return own
        if section.asked or not section.whole.has_sections:
            return list(subject.passages)
        return [passage for passage in subject.passages if not passage.owners] if self.choose else []

    def _for_a_person(self, own: Sequence[Passage]) -> Verdict:
        said = own if self.choose else [passage for passage in own if has_words(passage.own)]
        text = "\n\n".join(passage.text for passage in said)
        doubt = find_doubt(text, self.doubts)
        because = f', because it says "{doubt}"' if doubt else ""
        return Verdict(
            check=self.id,
            status="manual",
            message=f"A person has to read this answer{because}."
            if said
            else "No answer in words was found; a person has to look.",
            actual=shorten(text, MAX_SHOWN) or None,
            place=said[0].place if said else None,
            found=bool(said),
            candidates=len(said),
        )

    def _judge_choices(self, passages: Sequence[Passage], context: Context) -> Verdict:
        chosen: dict[str, Choice] = {}
        first: RunPlace | None = None
        for question in self.choose:
            texts = [*((passage.text, passage.place) for passage in passages), *_strings(context, question)]
            choice = find_choice((text for text, _ in texts), question)
            if choice is not None:
                chosen[question] = choice
                first = first or next((place for text, place in texts if find_choice([text], question)), None)
        if context.notes is not None:
            self._note_choices(context.notes, chosen, first)
        # A word instead of the letter of a choice may mean the right choice, so a person decides.
        unclear = any(
            choice.option.isalnum() and len(choice.option) > len(self.choose[question].strip()) + 1
            for question, choice in chosen.items()
        )
        if not chosen or unclear:
            return self._for_a_person([passage for passage in passages if passage.in_section])
        doubts = [choice.doubt for choice in chosen.values() if choice.doubt]
        right = [q for q, choice in chosen.items() if choice.option.casefold() == self.choose[q].strip().casefold()]
        passed = len(right) == len(self.choose)
        return Verdict(
            check=self.id,
            status="manual" if doubts else "passed" if passed else "failed",
            message=f"{' '.join(doubts)} A person has to look." if doubts else self._of_choices(chosen, len(right)),
            actual=", ".join(f"{question}: {choice.option}" for question, choice in chosen.items()),
            chosen={question: choice.option.casefold() for question, choice in chosen.items()},
            place=first,
            share=len(right) / len(self.choose),
            found=True,
            candidates=len(chosen),
            evidence=proves_attempt(self, passed=passed, seen=True),
        )

    def _of_choices(self, chosen: Mapping[str, Choice], right: int) -> str:
        """How many choices are right, and which of them could not be read."""
        unread = [question for question in self.choose if question not in chosen]
        several = [question for question, choice in chosen.items() if not choice.option.isalnum()]
        if len(self.choose) == 1 and not right and not several:
            return f"{next(iter(chosen))}: `{next(iter(chosen.values())).option}` is not right."
        said = [f"{right} of {len(self.choose)} choices are right."]
        said += [
            f"{question}: `{chosen[question].option}` is no choice; write a single letter." for question in several
        ]
        if unread:
            said.append(f"No choice was found for {', '.join(unread)}; write `{unread[0]}: …` on a line of its own.")
        return " ".join(said)


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

"""What a student wrote in words: Markdown, comments, docstrings and other strings, without the handout's texts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from grader.judging.own_code import OwnCode
from grader.judging.sections.answer_words import MIN_ANSWER
from grader.judging.sections.section import NOBODY, OwnedUnit, Owners, Section
from grader.judging.sections.units import Unit
from grader.judging.sections.wordings import count_letters, normalized
from grader.judging.words.choices import is_choice
from grader.judging.words.placeholders import without_placeholders
from grader.model import Location, RunPlace, Submission, cell_in_words
from grader.submission.code_or_output import is_typed
from grader.submission.fingerprints import Handout
from grader.submission.python_parser import parse
from grader.text_bounds import WORDS, bounded

MIN_REMARK = 4
"""Letters of a remark beside code that is commented out."""
LONGEST_REMARK = 2 * MIN_ANSWER
"""Letters from which on what stands beside code is shown as an answer, where no person has to read it."""
_BESIDE_CODE = frozenset({"trailing", "print"})
_LONGEST_CODE_LINE = 300
_MAY_BE_CODE = re.compile(r"[=(\[.@]|^(?:import|from|for|while|if|def|class|with|return|try|else|print|del)\b")
_IDLE_CODE = re.compile(r"(?:print|import|from|plt)\b")
"""Commented out, it only stands in the way; no answer is shown by it."""
_REMARK = re.compile(r"\s#+\s*(?P<text>[^#\n]*)$")
# What an answer says that is shorter than others: what happened.
_OUTCOME = re.compile(
    r"\b(?:[a-z]{0,30}errors?|raises|raised|fails|failed|freed|crashes)\b|报错|報錯|出错|出錯|错误|錯誤|异常|釋放|释放",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[?\uff1f]|^\W*(?:explain|describe|note|see|say|show|解释|說明|说明|分析)", re.IGNORECASE)
_NO_TEXT = frozenset({"cell", "code", "definition"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A connected text. ``place`` is its place in the code; of Markdown, the cell below it."""

    text: str
    place: RunPlace
    in_section: bool
    own: str = ""
    """The text without repeated questions."""
    where: str = ""
    """Its place for a person: ``line 17``, ``text below cell 3 (`x = f(2)`)``."""
    units: tuple[OwnedUnit, ...] = ()

    @property
    def owners(self) -> Owners:
        """The exercises in whose sections it stands."""
        return NOBODY.union(*(item.owners for item in self.units))


def passages(submission: Submission, section: Section, handout: Handout, own_code: OwnCode) -> Iterator[Passage]:
    """Everything that the student wrote in words, in order."""
    texts = (item for item in section.whole.units if _is_text(item))
    for _, group in groupby(texts, key=lambda item: (item.unit.block, section.exercise in item.owners)):
        units = tuple(group)
        first = next((item.unit for item in units if not item.is_question), units[0].unit)
        line = first.line if first.in_code else 0
        place = RunPlace(cell=first.cell, line=line, statement=0)
        # Older lists of fingerprints have whole cells, and no texts that stand in them.
        if first.in_code and handout.cells and not own_code.has_own(first.cell):
            continue
        text = handout.without_given(_joined([item.unit for item in units]))
        if not text:
            continue
        own = handout.without_given(_joined([item.unit for item in units if not item.is_question]))
        owners = units[0].owners
        # Where the whole file is about the exercise, what is written about another one is still about that.
        owned = section.exercise in owners if section.by_heading else section.by_file and not owners
        yield Passage(text=text, place=place, in_section=owned, own=own, where=_where(submission, first), units=units)


def _is_text(item: OwnedUnit) -> bool:
    return item.unit.kind not in _NO_TEXT and not (item.unit.kind == "heading" and item.is_question)


def _joined(units: Sequence[Unit]) -> str:
    """The sentences as they stood: on one line where they were."""
    lines = (" ".join(unit.text.strip() for unit in group) for _, group in groupby(units, key=lambda unit: unit.line))
    return "\n".join(lines)


def _where(submission: Submission, unit: Unit) -> str:
    if unit.in_code:
        return submission.location(unit.cell, unit.line).in_words()
    if submission.format != "ipynb":
        return Location(cell=None, line=unit.line).in_words() if unit.line else "text"
    if not submission.cells:
        return "text"
    cell = submission.cells[max(unit.cell - 1, 0)]
    name = cell_in_words(cell.number or 1, cell.execution_count, cell.begins)
    return f"text below {name}" if unit.cell else f"text above {name}"


def has_words(text: str) -> bool:
    """Whether a text has words besides placeholders and chosen letters."""
    lines = (without_placeholders(line) for line in text.split("\n") if not is_choice(line))
    return sum(count_letters(normalized(line)) for line in lines) >= MIN_REMARK


def has_only_choices(text: str) -> bool:
    """Whether every line of a text is a choice."""
    return all(is_choice(line) for line in text.split("\n") if line.strip())


def is_answered_in_words(found: Sequence[Passage]) -> bool:
    """Whether the texts in the exercise's section are an answer: long enough, or commented-out code with a remark, or a
    few words about what happened.
    """
    said = 0
    is_short = False
    for passage in found:
        if passage.in_section and passage.own:
            code, letters = _measure(passage)
            is_short = is_short or code or _says_what_happened(passage.own)
            said += letters
            if said >= (MIN_REMARK if is_short else MIN_ANSWER):
                return True
    return False


def _says_what_happened(text: str) -> bool:
    lines = (without_placeholders(line) for line in text.split("\n") if not _ASKS.search(line))
    return any(map(_OUTCOME.search, lines))


def has_remarked_code(found: Sequence[Passage]) -> bool:
    """Whether code in the exercise's section was commented out together with a remark about it."""
    measured = (_measure(passage) for passage in found if passage.in_section and passage.own)
    return any(code and letters >= MIN_REMARK for code, letters in measured)


def _measure(passage: Passage) -> tuple[bool, int]:
    """Whether a passage has code that does not run, and how many letters the rest of it has."""
    has_code = False
    said = 0
    fenced = passage.units[0].unit.kind == "fence"
    for whole in passage.own.split("\n"):
        line = without_placeholders(whole)
        code, remark = _code_and_remark(line, fenced=fenced)
        has_code = has_code or (code and not _IDLE_CODE.match(line.strip()))
        said += count_letters(normalized(remark if code else line))
    return has_code, said


def _code_and_remark(line: str, *, fenced: bool) -> tuple[bool, str]:
    """Whether a line of text is code that does not run, and the remark behind it."""
    text = line.strip()
    if fenced:
        return True, text.partition("#")[2]
    if len(text) > _LONGEST_CODE_LINE or not _MAY_BE_CODE.search(text):
        return False, ""
    remark = _REMARK.search(text)
    code = text[: remark.start()] if remark else text
    tree = parse(code.strip()) or (parse(f"{code.strip()}\n    pass") if code.rstrip().endswith(":") else None)
    is_code = tree is not None and bool(tree.body) and all(map(_is_code, tree.body))
    return is_code, remark["text"] if remark and is_code else ""


def _is_code(statement: ast.stmt) -> bool:
    return is_typed(statement) or isinstance(statement, ast.Expr | ast.Assign)


def _is_remark(passage: Passage, letters: int) -> bool:
    """Whether it is nothing but a remark at the end of a line of code, or printed, of fewer letters."""
    is_beside_code = all(item.unit.kind in _BESIDE_CODE for item in passage.units)
    is_short = count_letters(normalized(passage.own)) < letters
    return is_beside_code and is_short and not _says_what_happened(passage.own)


def written_words(found: Sequence[Passage], *, anywhere: bool, choices: bool = True) -> tuple[str, str]:
    """The texts of an exercise's section, shortened for a person to read, and the place of the first.

    ``anywhere``: a person has to read them; where the exercise has no section, the texts of the whole submission.
    ``choices``: also texts that are nothing but choices. Remarks at the end of lines of code are left out: the short
    ones if there is anything else, longer ones where nobody has to read them.
    """
    own = [passage for passage in found if passage.in_section]
    answers = [passage for passage in own if not _is_remark(passage, MIN_ANSWER if anywhere else LONGEST_REMARK)]
    own = answers or (own if anywhere else [])
    shown = [
        passage
        for passage in own or (found if anywhere else ())
        if passage.own and (choices or not has_only_choices(passage.own))
    ]
    text = "\n\n".join(passage.own for passage in shown)
    place = shown[0].where if shown else ""
    return bounded(text, WORDS), place

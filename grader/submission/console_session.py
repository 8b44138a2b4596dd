"""Console sessions: code with ``>>>`` or ``In [3]:`` before it and, between, what the console showed.

A session that was copied has its code on the prompts' lines. A notebook that was exported as text has ``In [3]:`` on a
line of its own, the cell below it, and nothing that says where the cell ends and its output begins.
"""

from __future__ import annotations

import codeop
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.submission.broken_code import reads_like_code
from grader.submission.code_or_output import is_output
from grader.submission.python_parser import is_parseable, parse

_PROMPT = re.compile(r"[ \t]*(?:>>>(?: |$)|(?P<ipython>In ?\[[\d* ]*\]:) ?)")
_PYTHON_GOES_ON = re.compile(r"[ \t]*\.\.\.(?: |$)")
_IPYTHON_GOES_ON = re.compile(r"[ \t]*\.{3,}: ?")
_OUT = re.compile(r"[ \t]*Out ?\[[\d ]*\]: ?")
_TRACEBACK = re.compile(r"-{20,}$|Traceback \(most recent call last\)")
_ERROR = re.compile(r"[A-Za-z_.]*(?:Error|Exception|Interrupt|Warning)\b")
LONGEST_BLOCK = 400
"""Lines below a prompt without marks that are tried as code or as output."""
BUDGET = 512 * 1024
"""Characters that are tried as code or as output for one submission, try after try: a second or two's worth."""


class SessionBudget:
    """Characters that may still be tried as code or as output."""

    def __init__(self) -> None:
        self._left = BUDGET

    def allows(self, characters: int) -> bool:
        """Whether there is room for so many more, which are taken off."""
        self._left -= characters
        return self._left >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Lines from ``start`` up to ``end``, counted from 0. ``code`` is what they mean, line for line, in code only."""

    kind: Literal["code", "shown", "text"]
    start: int
    end: int
    code: tuple[str, ...] = ()


def is_prompt(line: str) -> bool:
    """Whether a line begins with ``>>>`` or ``In [3]:``."""
    return _PROMPT.match(line) is not None


def without_prompts(source: str, budget: SessionBudget | None = None) -> str | None:
    """The code that a session shows, each line where it was and blank lines for the rest; None where it is no session.

    Code may stand before the first prompt. Python with a session in its docstrings is no session.
    """
    lines = source.split("\n")
    first = next((number for number, line in enumerate(lines) if is_prompt(line)), None)
    if first is None or parse("\n".join(lines[:first])) is None:
        return None
    if ">>>" in lines[first] and parse(source) is not None:
        return None
    result = lines[:first] + [""] * (len(lines) - first)
    for stretch in stretches(lines[first:], budget):
        if stretch.kind == "code":
            result[first + stretch.start : first + stretch.end] = stretch.code
    return "\n".join(result)


def stretches(lines: Sequence[str], budget: SessionBudget | None = None) -> Iterator[Stretch]:
    """The entries of a session (each is ``code``), what it showed, and the text that follows that.

    What comes before the first prompt is text. ``budget`` is what all sessions of a submission share.
    """
    budget = budget or SessionBudget()
    position = 0
    while position < len(lines):
        match = _PROMPT.match(lines[position])
        if match is None:
            following = _next_prompt(lines, position)
            yield Stretch(kind="text", start=position, end=following)
            position = following
            continue
        code = _entry(lines, position, budget, ipython=match["ipython"] is not None)
        end = position + len(code)
        yield Stretch(kind="code", start=position, end=end, code=tuple(code))
        position = _end_of_shown(lines, end, budget)
        if position > end:
            yield Stretch(kind="shown", start=end, end=position)


def _next_prompt(lines: Sequence[str], start: int) -> int:
    return next((number for number in range(start, len(lines)) if is_prompt(lines[number])), len(lines))


def _entry(lines: Sequence[str], start: int, budget: SessionBudget, *, ipython: bool) -> list[str]:
    """The code of the entry whose prompt is on line ``start``, without its prompts."""
    code = [_PROMPT.sub("", lines[start], count=1)]
    goes_on = _IPYTHON_GOES_ON if ipython else _PYTHON_GOES_ON
    while (line := _line(lines, start + len(code))) is not None and goes_on.match(line):
        code.append(goes_on.sub("", line, count=1))
    limit = min(_next_prompt(lines, start + 1), start + LONGEST_BLOCK)
    if ipython and len(code) == 1 and not code[0].strip():
        end = _end_of_cell(lines, start + 1, limit, budget)
        return code + list(lines[start + 1 : end])
    while (line := _line(lines, start + len(code))) is not None and start + len(code) < limit:
        if not line.strip() or _OUT.match(line) or not _wants_more(code, line, budget):
            break
        code.append(line)
    if ipython:
        end = _end_of_block(lines, start + len(code), limit)
        block = lines[start + len(code) : end]
        text = "\n".join(block)
        if budget.allows(len(text)) and reads_like_code(text):
            code += block
    return code


def _line(lines: Sequence[str], number: int) -> str | None:
    return lines[number] if number < len(lines) else None


def _wants_more(code: Sequence[str], line: str, budget: SessionBudget) -> bool:
    """Whether an entry is not complete and ``line``, which has no mark, can be its next."""
    text = "\n".join(code)
    inside = line[0] in " \t)]}" or text.rstrip().endswith(("(", "[", "{", ",", "\\"))
    if not inside or not is_parseable(text) or not budget.allows(3 * len(text)):  # it compiles three times
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return codeop.compile_command(text) is None
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return False


def _end_of_block(lines: Sequence[str], start: int, limit: int) -> int:
    """Up to where lines go on without a blank one."""
    end = start
    while end < min(limit, len(lines)) and lines[end].strip() and not _OUT.match(lines[end]):
        end += 1
    return end


def _skip_blank(lines: Sequence[str], start: int, limit: int) -> int:
    while start < limit and not lines[start].strip():
        start += 1
    return start


def _end_of_cell(lines: Sequence[str], start: int, limit: int, budget: SessionBudget) -> int:
    """Up to where the cell of an exported notebook reaches: the first block, and those after it that are code."""
    end = _end_of_block(lines, _skip_blank(lines, start, limit), limit)
    looked_at = end
    while (begin := _skip_blank(lines, looked_at, limit)) < limit and not _OUT.match(lines[begin]):
        looked_at = _end_of_block(lines, begin, limit)
        block = "\n".join(lines[begin:looked_at])
        before = "\n".join(lines[start:end])
        if not budget.allows(len(before) + len(block)):
            break
        if lines[begin][0] in " \t" or reads_like_code(block, known=before) or _completes(before, block):
            end = looked_at
        elif (tree := parse(block)) is None or tree.body:
            break
        # Comments alone may stand before more code, or be a heading of the text that follows.
    return end


def _completes(before: str, block: str) -> bool:
    """Whether a block ends what was open, such as a text in triple quotes with a blank line in it."""
    return parse(before) is None and parse(f"{before}\n\n{block}") is not None


def _end_of_shown(lines: Sequence[str], start: int, budget: SessionBudget) -> int:
    """Up to where there is only what the console showed."""
    limit = min(_next_prompt(lines, start), start + LONGEST_BLOCK)
    end = start
    while (begin := _skip_blank(lines, end, limit)) < limit:
        if _TRACEBACK.match(lines[begin].strip()):
            errors = [number for number in range(begin, limit) if _ERROR.match(lines[number])]
            end = errors[0] + 1 if errors else limit
            continue
        shown = _count_shown(
            [_without_out(line) for line in lines[begin : _end_of_block(lines, begin + 1, limit)]], budget
        )
        if not shown:
            return begin + 1 if _OUT.match(lines[begin]) else end
        end = begin + shown
    return max(end, start)


def _count_shown(block: Sequence[str], budget: SessionBudget) -> int:
    """How many lines of a block the console showed: where blank lines were lost, the next may be text again."""
    for count in range(len(block), 0, -1):
        text = "\n".join(block[:count])
        if not budget.allows(len(text)):
            break
        if is_output(text):
            return count
    return 0


def _without_out(line: str) -> str:
    """A line without the ``Out[3]:`` that it begins with."""
    match = _OUT.match(line)
    return line[match.end() :] if match else line

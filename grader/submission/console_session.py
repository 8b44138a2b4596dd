"""Console sessions: entries of code after ``>>>`` or ``In [3]:`` prompts, with their output between them.

A session that was copied has the code on the lines of the prompts. A notebook that was exported as text has ``In [3]:``
on a line of its own and the cell below it; nothing marks where the cell ends and its output begins.
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
_PYTHON_CONTINUATION = re.compile(r"[ \t]*\.\.\.(?: |$)")
_IPYTHON_CONTINUATION = re.compile(r"[ \t]*\.{3,}: ?")
_OUT = re.compile(r"[ \t]*Out ?\[[\d ]*\]: ?")
_TRACEBACK = re.compile(r"-{20,}$|Traceback \(most recent call last\)")
_ERROR = re.compile(r"[A-Za-z_.]*(?:Error|Exception|Interrupt|Warning)\b")
LONGEST_BLOCK = 400
"""Lines below a prompt that are examined for where code ends and where output ends."""
BUDGET = 512 * 1024
"""Characters that may be parsed to find these ends, for one submission; they take a second or two. Text that is parsed
several times counts several times.
"""


class SessionBudget:
    """How many characters of sessions may still be parsed; shared by all sessions of a submission."""

    def __init__(self) -> None:
        self._left = BUDGET

    def allows(self, characters: int) -> bool:
        """Subtracts ``characters``; whether that much was left."""
        self._left -= characters
        return self._left >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPart:
    """Consecutive lines of a kind: an entry's code, output, or text outside of the session."""

    kind: Literal["code", "output", "text"]
    start: int
    """The first line, from 0."""
    end: int
    """The line after the last."""
    code: tuple[str, ...] = ()
    """For ``code``: the lines without their prompts."""


def is_prompt(line: str) -> bool:
    """Whether a line begins with ``>>>`` or ``In [3]:``."""
    return _PROMPT.match(line) is not None


def without_prompts(source: str, budget: SessionBudget | None = None) -> str | None:
    """The code of a session, with blank lines for its output, so that lines keep their numbers; None if ``source`` is
    not a session.

    Code may precede the first prompt. Python code with a session in a docstring is not a session.
    """
    lines = source.split("\n")
    first = next((number for number, line in enumerate(lines) if is_prompt(line)), None)
    if first is None or parse("\n".join(lines[:first])) is None:
        return None
    if ">>>" in lines[first] and parse(source) is not None:
        return None
    result = lines[:first] + [""] * (len(lines) - first)
    for part in split_session(lines[first:], budget):
        if part.kind == "code":
            result[first + part.start : first + part.end] = part.code
    return "\n".join(result)


def split_session(lines: Sequence[str], budget: SessionBudget | None = None) -> Iterator[SessionPart]:
    """Splits lines into code (a part for every entry), output, and text. Lines before the first prompt are text."""
    budget = budget or SessionBudget()
    position = 0
    while position < len(lines):
        match = _PROMPT.match(lines[position])
        if match is None:
            following = _next_prompt(lines, position)
            yield SessionPart(kind="text", start=position, end=following)
            position = following
            continue
        code = _entry(lines, position, budget, ipython=match["ipython"] is not None)
        end = position + len(code)
        yield SessionPart(kind="code", start=position, end=end, code=tuple(code))
        position = _end_of_output(lines, end, budget)
        if position > end:
            yield SessionPart(kind="output", start=end, end=position)


def _next_prompt(lines: Sequence[str], start: int) -> int:
    return next((number for number in range(start, len(lines)) if is_prompt(lines[number])), len(lines))


def _entry(lines: Sequence[str], start: int, budget: SessionBudget, *, ipython: bool) -> list[str]:
    """The lines of the entry whose prompt is on line ``start``, without prompts."""
    code = [_PROMPT.sub("", lines[start], count=1)]
    continuation = _IPYTHON_CONTINUATION if ipython else _PYTHON_CONTINUATION
    while (line := _line(lines, start + len(code))) is not None and continuation.match(line):
        code.append(continuation.sub("", line, count=1))
    limit = min(_next_prompt(lines, start + 1), start + LONGEST_BLOCK)
    if ipython and len(code) == 1 and not code[0].strip():
        end = _end_of_cell(lines, start + 1, limit, budget)
        return code + list(lines[start + 1 : end])
    while (line := _line(lines, start + len(code))) is not None and start + len(code) < limit:
        if not line.strip() or _OUT.match(line) or not _can_continue(code, line, budget):
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


def _can_continue(code: Sequence[str], line: str, budget: SessionBudget) -> bool:
    """Whether the entry is incomplete and ``line``, which has no prompt, can continue it."""
    text = "\n".join(code)
    inside = line[0] in " \t)]}" or text.rstrip().endswith(("(", "[", "{", ",", "\\"))
    if (
        not inside or not is_parseable(text) or not budget.allows(3 * len(text))
    ):  # compile_command compiles the text three times
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return codeop.compile_command(text) is None
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        return False


def _end_of_block(lines: Sequence[str], start: int, limit: int) -> int:
    """The end of a block: the next blank line or ``Out[3]:``."""
    end = start
    while end < min(limit, len(lines)) and lines[end].strip() and not _OUT.match(lines[end]):
        end += 1
    return end


def _skip_blank(lines: Sequence[str], start: int, limit: int) -> int:
    while start < limit and not lines[start].strip():
        start += 1
    return start


def _end_of_cell(lines: Sequence[str], start: int, limit: int, budget: SessionBudget) -> int:
    """The end of a cell of an exported notebook: of its first block, or of a later block up to which all are code."""
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
        # A block of comments belongs to the cell only if code follows; it can also be a heading of text below.
    return end


def _completes(before: str, block: str) -> bool:
    """Whether the block completes code that is open, such as a triple-quoted string that contains a blank line."""
    return parse(before) is None and parse(f"{before}\n\n{block}") is not None


def _end_of_output(lines: Sequence[str], start: int, budget: SessionBudget) -> int:
    """The end of the output that begins on line ``start``."""
    limit = min(_next_prompt(lines, start), start + LONGEST_BLOCK)
    end = start
    while (begin := _skip_blank(lines, end, limit)) < limit:
        if _TRACEBACK.match(lines[begin].strip()):
            errors = [number for number in range(begin, limit) if _ERROR.match(lines[number])]
            end = errors[0] + 1 if errors else limit
            continue
        count = _count_output_lines(
            [_without_out(line) for line in lines[begin : _end_of_block(lines, begin + 1, limit)]], budget
        )
        if not count:
            return begin + 1 if _OUT.match(lines[begin]) else end
        end = begin + count
    return max(end, start)


def _count_output_lines(block: Sequence[str], budget: SessionBudget) -> int:
    """How many lines at the beginning of a block are output. If a blank line was lost, text follows in this block."""
    for count in range(len(block), 0, -1):
        text = "\n".join(block[:count])
        if not budget.allows(len(text)):
            break
        if is_output(text):
            return count
    return 0


def _without_out(line: str) -> str:
    """A line without ``Out[3]:`` at its beginning."""
    match = _OUT.match(line)
    return line[match.end() :] if match else line

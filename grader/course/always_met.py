"""Finds lines of a check that hold whatever was handed in: ``size(output) >= 0``, ``output or True``.

Each line is tried with made-up values, by the evaluator that judges submissions.
"""

from __future__ import annotations

from collections.abc import Iterator

from grader.course.made_up_variables import MadeUp
from grader.judging.checks.base import Check
from grader.judging.variable_kinds import Numbers
from grader.language.expression import Expression, parse
from grader.language.yaml_file import Loc


def find_always_met(check: Check) -> Iterator[tuple[Loc, str]]:
    """The place in a check, and a message, for every line that proves nothing."""
    for observed, wanted in check.expect:
        if wanted.name not in check.WANTED_WORDS:
            line = parse(f"({observed.text}) == ({wanted.text})")
            if _always_holds(check, line, handed=True):
                yield ("expect", observed.text), f"`{observed.text}: {wanted.text}` {_HOLDS_FOR_EVERYTHING}"
    for index, line in enumerate(check.holds):
        if _is_bare(check, line):
            yield ("holds", index), f"`{line.text}` by itself {_BARE}"
        elif _always_holds(check, line, handed=True):
            yield ("holds", index), f"`{line.text}` {_HOLDS_FOR_EVERYTHING}"
    for index, line in enumerate(check.given):
        if _always_holds(check, line, handed=False):
            yield ("given", index), f"`{line.text}` {_HOLDS_FOR_EVERYTHING}"


_HOLDS_FOR_EVERYTHING = "proves nothing: it holds for everything that may be handed in. Say what has to be true"
_BARE = (
    "only asks that no element is zero. Say what has to be true of it: compare it with something, or write "
    "`finite(...)` or `any(... != 0)`"
)


def is_always_met(check: Check, line: Expression) -> bool:
    """Whether a condition on what a check looks at holds whatever was handed in, whether it passes or not."""
    return _always_holds(check, line, handed=True)


def _is_bare(check: Check, line: Expression) -> bool:
    return line.name is not None and (isinstance(check.VALUES.get(line.name), Numbers) or line.name == "output")


def _always_holds(check: Check, line: Expression, *, handed: bool) -> bool:
    made_up = MadeUp.of(check, line, handed=handed)
    return made_up is not None and all(line.holds(variables) for variables in made_up.candidates())

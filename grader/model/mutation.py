"""Mutants of a reference solution: which of them the exercise caught, and its mutation score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

MutantState = Literal["caught", "survived", "equivalent", "explained"]
"""``caught``: the exercise did not give it all that it gave the reference. ``equivalent``: it survived, and does in all
that was looked at what the reference does. ``explained``: it survived, and the course says why that is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantResult:
    """What became of one mutant."""

    name: str
    operator: str
    about: str
    """What the operator does, in words."""
    cell: int | None
    """Of a notebook the number of the code cell, from 1."""
    line: int
    """Of the file, or of the notebook's cell."""
    diff: str
    """The change, as a unified diff."""
    state: MutantState
    caught_by: tuple[str, ...] = ()
    """The ids of the checks that did not pass, in the order of the exercise; without those that were only skipped."""
    reason: str = ""
    """Of one that survived: what is known about it, as a sentence or two."""
    timed_out: bool = False
    """It never came to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """What became of the mutants of an exercise's reference solution."""

    exercise: str
    solution: str
    """The file of the reference solution, as messages show it."""
    made: int
    """How many mutants there are; ``mutants`` are those that were tried."""
    mutants: tuple[MutantResult, ...]
    checks: tuple[str, ...]
    """The ids of the exercise's checks."""

    def having(self, state: MutantState) -> tuple[MutantResult, ...]:
        return tuple(mutant for mutant in self.mutants if mutant.state == state)

    @property
    def wrong(self) -> int:
        """How many of them are wrong: those that are neither equivalent nor explained."""
        return len(self.having("caught")) + len(self.having("survived"))

    @property
    def score(self) -> float | None:
        """The mutation score: which share of the wrong ones was caught, from 0 to 1; None where none is wrong."""
        return len(self.having("caught")) / self.wrong if self.wrong else None

    @property
    def caught_by_check(self) -> Mapping[str, int]:
        """How many mutants each check caught; several checks may catch one."""
        return {check: sum(check in mutant.caught_by for mutant in self.mutants) for check in self.checks}

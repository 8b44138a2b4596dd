"""An exercise in words, for an instructor who did not write it."""

from __future__ import annotations

from dataclasses import dataclass

from grader.model.report import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedLine:
    """Something that an exercise asks for."""

    words: str
    expression: str = ""
    """The line of the exercise that it comes from; empty where it comes from another field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A name that lines use, and what it means."""

    name: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedWay:
    """A way to pass a check. Without `any-of`, a check has one."""

    kind: str
    looks_at: str
    """What is observed, as a sentence."""
    counts: tuple[ExplainedLine, ...] = ()
    """What must be true of a candidate for it to be one that is meant."""
    must_hold: tuple[ExplainedLine, ...] = ()
    """What must be true of it for the check to pass."""
    inputs: tuple[str, ...] = ()
    """What is handed in to functions and modules."""
    terms: tuple[Term, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedMistake:
    """A known mistake of the rubric."""

    when: ExplainedLine
    say: str
    hint: str | None
    """What to try, in the place of the check's hint; None: that hint."""
    points: float
    """What is still given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRemark:
    """What is said where the check passed."""

    when: ExplainedLine
    say: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedCheck:
    """A check, with what the rubric says of it."""

    id: str
    title: str
    points: float
    ways: tuple[ExplainedWay, ...]
    """Nothing for an audience that may not know what is wanted."""
    partial: bool
    needs: tuple[str, ...]
    hint: str
    mistakes: tuple[ExplainedMistake, ...]
    remarks: tuple[ExplainedRemark, ...]
    visibility: Visibility
    reveal: bool
    seen: str
    """Who sees what of it, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An exercise in words."""

    exercise: str
    title: str
    statement: str
    points: float
    """Those of the checks that are explained."""
    checks: tuple[ExplainedCheck, ...]
    attempt: tuple[str, ...]
    """When it counts as attempted, as sentences."""
    recognized_by: tuple[str, ...] = ()
    """What a part of a submission that is about it may be called, besides its id and its title."""
    limits: str = ""
    solution: str = ""
    known: str = ""
    """How many known submissions there are, in words."""
    unshown: int = 0
    """How many checks are left out, since the audience does not see them."""

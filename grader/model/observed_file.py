"""What was recorded of a file, as the checks of an exercise see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from grader.model.judgement import QuotedLocation
from grader.model.observation import Outcome
from grader.model.trace import CheckTrace

SeenKind = Literal[
    "pass", "step", "value", "curve", "error", "call", "function", "module", "printed", "words", "section"
]
SEEN_KINDS: tuple[SeenKind, ...] = get_args(SeenKind)

CHECK_KINDS: dict[SeenKind, str] = {
    "pass": "backward",
    "step": "steps",
    "value": "value",
    "curve": "plot",
    "error": "raises",
    "call": "uses",
    "function": "function",
    "module": "module",
    "printed": "output",
    "words": "answer",
}
"""The kind of check that looks at such things."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenValue:
    """A variable of expressions with its value, or a fact that expressions do not know.

    ``text`` is the value for people. ``value`` is JSON: a number, text, truth value, None, or nested lists; None also
    where it was too large. ``dtype`` and ``shape`` are those of arrays.
    """

    name: str
    text: str
    value: Any = None
    dtype: str | None = None
    shape: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenThing:
    """Something that was recorded. ``order`` counts the events of the run; ``names`` are those by which it is known.

    ``variables`` are what the expressions of a check can use, ``facts`` what else is known. ``left_out``: why no check
    counts it; empty where one may.
    """

    kind: SeenKind
    what: str
    order: int
    location: QuotedLocation | None = None
    names: tuple[str, ...] = ()
    variables: tuple[SeenValue, ...] = ()
    facts: tuple[SeenValue, ...] = ()
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedFile:
    """What was recorded of a file. ``left`` says how many things of a kind are not among ``things``.

    ``asked`` are the kinds that were asked for. ``traces`` are those of the checks that were tried.
    """

    path: str
    outcome: Outcome
    detail: str
    seconds: float
    notices: tuple[str, ...] = ()
    course: str = ""
    """The name of the course whose exercises sections name; empty: none."""
    asked: tuple[SeenKind, ...] = ()
    things: tuple[SeenThing, ...] = ()
    counts: tuple[tuple[SeenKind, int], ...] = ()
    """How many things of each kind were recorded, before any filter."""
    traces: tuple[CheckTrace, ...] = ()

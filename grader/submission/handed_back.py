"""Which statements of a submission come from the handout.

Students type what stands in the handout, too: it is the shortest way to many answers. So a statement counts as handed
out only in a file that is built on the handout: most of the handout is in it, in its order and not scattered, or a
longer piece without a gap. Who answers all exercises of a sheet types most of its statements, far apart.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from grader.model import Cell
from grader.submission.fingerprints import Handout, StatementFingerprints, given_by_cells
from grader.submission.statements import Statement, statements_of

MIN_SHARE = 0.75
"""The share of a document's statements that a file built on it has at least: in their order, where these are more than
``MIN_RUN``."""
MIN_DENSITY = 0.25
"""The share that a document's statements have, in a file built on it, of all from the first of them to the last."""
MIN_RUN = 6
"""So many statements of a document in a row, with what they display, are copied and not typed."""

Index = tuple[int, int]
"""A cell, and a top-level statement of the cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBack:
    """The statements that come from the handout. ``in_runs`` are those in a piece of ``MIN_RUN`` or more of them."""

    statements: frozenset[Index]
    in_runs: frozenset[Index]


def find_handed_back(handout: Handout, cells: Sequence[Cell]) -> HandedBack:
    """The statements of a submission's cells that come from the handout."""
    fingerprints = StatementFingerprints()
    found: list[tuple[Index, str, Statement]] = []
    if handout.documents:
        for number, cell in enumerate(cells):
            for index, statement in enumerate(statements_of(cell.code) or ()):
                digest, repeat = fingerprints.of(statement)
                if not repeat or repeat in handout.repeats:
                    found.append(((number, index), digest, statement))
    given: set[Index] = set()
    in_runs: set[Index] = set()
    for document in handout.documents:
        known = frozenset(document)
        matched = [(index, digest) for index, digest, _ in found if digest in known]
        runs = _in_runs(document, matched)
        acting = known - handout.shown or known
        there = [digest for _, digest in matched if digest in acting]
        is_long = len(acting) > MIN_RUN
        held = _in_order(document, there) if is_long else {*there}
        is_scattered = is_long and _density([digest for _, digest, _ in found], known, held) < MIN_DENSITY
        if runs or (len(held) >= MIN_SHARE * len(acting) and not is_scattered):
            given.update(index for index, _ in matched)
            in_runs |= runs
        # Whoever has a whole definition that was handed out did not write it.
        given.update(index for index, digest, one in found if one.is_definition and digest in known)
    if handout.cells:
        by_cells = given_by_cells(handout, cells)
        given |= by_cells
        in_runs |= by_cells
    return HandedBack(statements=frozenset(given), in_runs=frozenset(in_runs))


def _in_order(document: Sequence[str], matched: Sequence[str]) -> frozenset[str]:
    """The statements of one of the longest series that stand in the file in the document's order, gaps allowed."""
    places: dict[str, list[int]] = {}
    for position, digest in enumerate(document):
        places.setdefault(digest, []).insert(0, position)
    ends: list[int] = []  # by the length of a series, less 1: the earliest place in the document at which one ends
    series: list[tuple[str, tuple[Any, ...]]] = []  # that series, as its last statement and what comes before it
    for digest in matched:
        for place in places[digest]:  # from the last to the first, so that one statement does not follow itself
            length = bisect_left(ends, place)
            before: tuple[Any, ...] = series[length - 1] if length else ()
            ends[length : length + 1] = [place]
            series[length : length + 1] = [(digest, before)]
    found: set[str] = set()
    link: tuple[Any, ...] = series[-1] if series else ()
    while link:
        digest, link = link
        found.add(digest)
    return frozenset(found)


def _density(digests: Sequence[str], known: Collection[str], held: Collection[str]) -> float:
    """The share of a file's statements that a document has, from the first to the last of those that are ``held``."""
    places = [place for place, digest in enumerate(digests) if digest in held]
    if not places:
        return 0.0
    between = digests[places[0] : places[-1] + 1]
    return sum(digest in known for digest in between) / len(between)


def _in_runs(document: Sequence[str], matched: Sequence[tuple[Index, str]]) -> set[Index]:
    """The statements that follow each other as in the document, in pieces of ``MIN_RUN`` or more."""
    followers: dict[str, set[int]] = {}
    for position, digest in enumerate(document):
        followers.setdefault(digest, set()).add(position)
    found: set[Index] = set()
    run: list[Index] = []
    places: Collection[int] = ()
    for index, digest in matched:
        places = [place + 1 for place in places if place + 1 in followers[digest]]
        if not places:
            if len(run) >= MIN_RUN:
                found.update(run)
            run, places = [], followers[digest]
        run.append(index)
    if len(run) >= MIN_RUN:
        found.update(run)
    return found

"""What of a reference solution's run its checks compare with: for recordings that go to students.

Events that these checks do not read are left out, and of the others the lines, names and texts of the solution, except
names that a check lists itself. Of functions and modules the one stays that others are compared with, of watched values
the last moment, of backward passes those that meet ``given``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import starmap
from typing import Any

from grader.judging.checks.backward import BackwardCheck
from grader.judging.checks.base import Check
from grader.judging.checks.value import ValueCheck
from grader.judging.checks.yaml_lines import REFERENCE
from grader.judging.comparison import compare
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.passes.reference_passes import leaves_of
from grader.judging.reference_events.joined_events import joined
from grader.judging.reference_events.readers import GENEROUS, READERS, Asking, candidates_of, reader_of
from grader.judging.reference_events.renumbered import renumbered
from grader.judging.reference_values import last_values
from grader.judging.trials import Candidate
from grader.model import Event, Observation, Outcome


def needed_events(checks: Sequence[Check], judge: Judge, reference: Observed) -> tuple[Event, ...]:
    """``judge`` is that of these checks, and ``reference`` what was observed of the reference solution."""
    ids = frozenset(check.id for check in checks)
    asking = [
        Asking(way=way, probes=probes, ids=ids)
        for check, of_ways in zip(checks, judge.way_probes, strict=True)
        for way, probes in zip(check.ways(), of_ways, strict=True)
        if way.wants_reference()
    ]
    for readers in (READERS, GENEROUS):
        found = list(joined(pair for one in asking for pair in reader_of(readers, one.way)(one, reference)))
        if all(_reads_the_same(one, reference, observed_of(found)) for one in asking):
            break
    return renumbered(found)


def observed_of(events: Iterable[Event]) -> Observed:
    """A run in which nothing but these events happened."""
    return Observed(Observation(events=tuple(events), outcome=Outcome.COMPLETED))


def _reads_the_same(one: Asking, whole: Observed, left: Observed) -> bool:
    """Whether a check wants the same values; of kinds that choose by an id they follow from how they are chosen."""
    if isinstance(one.way, ValueCheck):
        ours, theirs = last_values(one.way, whole), last_values(one.way, left)
        return bool(ours.mistake) == bool(theirs.mistake) and _agree(one.way, ours.variables, theirs.variables)
    if not isinstance(one.way, BackwardCheck):
        return True
    pairs = list(candidates_of(one, whole)), list(candidates_of(one, left))
    return len(pairs[0]) == len(pairs[1]) and all(starmap(_same_candidate(one.way), zip(*pairs, strict=True)))


def _same_candidate(check: BackwardCheck) -> Callable[[Candidate, Candidate], bool]:
    def same(ours: Candidate, theirs: Candidate) -> bool:
        leaves, others = leaves_of(ours), leaves_of(theirs)
        return (
            leaves.keys() == others.keys()
            and all(compare(leaf, others[role]).equal for role, leaf in leaves.items())
            and _agree(check, ours.variables, theirs.variables)
        )

    return same


def _agree(check: Check, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    lines = [seen for seen, wanted in check.expect if wanted.name == REFERENCE]
    return all(compare(line.evaluate(ours), line.evaluate(theirs)).equal for line in lines)

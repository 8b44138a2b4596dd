"""What is said of passes that cannot count: their leaves fit no roles, or they reached further leaves."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence

from grader.judging.context import Subject
from grader.judging.locations import location_of
from grader.judging.passes.backward_passes import BackwardPass
from grader.judging.passes.pass_candidates import MAX_LEAVES, PassCandidates
from grader.judging.trials import Candidate
from grader.judging.watched_values import matching_names
from grader.model import RunPlace

MAX_NAMED = 4
"""Names that a message lists."""


def why_no_roles(passes: PassCandidates, fitting: Sequence[BackwardPass], subject: Subject) -> str:
    """A sentence on the latest pass whose leaves fit no roles; empty where there was no pass of the student's own."""
    own = [entry for entry in fitting if subject.own_code.is_own(entry.event.place)]
    if not own or not passes.roles:
        return ""
    latest = [entry for entry in own if entry.position == own[-1].position]
    reached = _listed([f"`{entry.names[0]}`" if entry.names else "a leaf without a name" for entry in latest])
    which = _which(len({entry.position for entry in own}), own[-1].event.place, subject)
    return f"{which} reached {reached}{_what_is_missing(passes, latest)}."


def why_too_wide(passes: PassCandidates, wide: Sequence[Candidate], subject: Subject) -> str:
    """A sentence on the latest pass of those that only reached too much; empty where there was none."""
    own = [candidate for candidate in wide if subject.own_code.is_own(candidate.place)]
    if not own:
        return ""
    which = _which(len({candidate.position for candidate in own}), own[-1].place, subject)
    further = _listed(passes.reached_besides(own[-1]))
    return f"{which} also reached {further}, and nothing else should be differentiated there."


def _which(count: int, place: RunPlace, subject: Subject) -> str:
    where = location_of(place, subject.submission)
    at = "" if where is None else f", {where.in_words()},"
    if count == 1:
        return f"The one that was seen{at}"
    return f"{count:,} backward passes were seen. The latest{at}"


def _what_is_missing(passes: PassCandidates, latest: Sequence[BackwardPass]) -> str:
    for role in passes.roles:
        wanted = passes.names.get(role)
        if wanted and not any(matching_names(wanted, entry.names) for entry in latest):
            return f"; none of its leaves is called {_listed([f'`{name}`' for name in wanted], 'or')}"
    if len(latest) < len(passes.roles):
        return f", where {len(passes.roles)} leaves are needed"
    if len(latest) > MAX_LEAVES:
        return f": more than {MAX_LEAVES} leaves"
    return ""


def _listed(texts: Collection[str], last: str = "and") -> str:
    """At most ``MAX_NAMED`` of some texts, in words."""
    shown = list(itertools.islice(dict.fromkeys(texts), MAX_NAMED))
    more = len(set(texts)) - len(shown)
    if more:
        return f"{', '.join(shown)} {last} {more} more"
    return f" {last} ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))

"""``any-of``: a check that passes where any of several ways to answer passes. Each way is a check of its own kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from pydantic import Field, SerializeAsAny

from grader.judging.bounds import bounded
from grader.judging.checks.base import Check
from grader.judging.context import Context
from grader.judging.found_objects import MAX_FOUND
from grader.judging.join_probes import join_probes
from grader.language.expression import Expression
from grader.language.yaml_file import Loc
from grader.model import Probes, RunPlace, Verdict

ANY_OF = "any-of"
"""The key in YAML."""
ANY_OF_IN_WORDS = (
    "Ways to answer, each with fields of its own, also with a `kind` of its own; the fields beside `any-of` are those "
    "of all ways. The check passes where any way does; else the message is that of the way that comes closest."
)


class AnyOfCheck(Check):
    """Judges a submission by several checks, its ways, and takes the verdict of the one that comes closest.

    ``any_of`` has the ways with all their fields: their own, and those that stand beside ``any-of``, whose keys are in
    ``shared``. It is made by ``grader.course.any_of`` and is no kind that YAML could name.
    """

    any_of: tuple[SerializeAsAny[Check], ...] = Field(alias="any-of", min_length=2, description=ANY_OF_IN_WORDS)
    shared: frozenset[str] = Field(default=frozenset(), exclude=True)

    def ways(self) -> tuple[Check, ...]:
        return self.any_of

    def place_in_way(self, way: int, loc: Loc) -> Loc:
        return loc if loc and loc[0] in self.shared else (ANY_OF, way, *loc)

    def telling_parts(self, is_part: Callable[[str], bool]) -> Self:
        return self.model_copy(update={"any_of": tuple(way.telling_parts(is_part) for way in self.any_of)})

    def variables(self) -> frozenset[str]:
        """Those of every way: a rubric may ask for what only one of them has."""
        return frozenset().union(*(way.variables() for way in self.any_of))

    def known_names(self) -> frozenset[str]:
        return frozenset().union(*(way.known_names() for way in self.any_of))

    def unrecorded_names(self) -> Mapping[str, str]:
        """Names that are not recorded by any of the ways that know them."""
        unrecorded = [way.unrecorded_names() for way in self.any_of]
        known = [way.known_names() for way in self.any_of]
        return {
            name: line
            for found in unrecorded
            for name, line in found.items()
            if all(name in other or name not in names for other, names in zip(unrecorded, known, strict=True))
        }

    def probes(self, exercise: str, seed: int) -> Probes:
        return join_probes([way.probes(exercise, seed) for way in self.any_of])

    def binds(self) -> frozenset[str]:
        """What every way finds, since any of them may be the one that passed."""
        return frozenset.intersection(*(way.binds() for way in self.any_of))

    def references(self) -> Iterator[tuple[Loc, str]]:
        for number, way in enumerate(self.any_of):
            yield from ((self.place_in_way(number, loc), text) for loc, text in way.references())

    def expressions(self) -> Iterator[tuple[Loc, Expression]]:
        for number, way in enumerate(self.any_of):
            yield from ((self.place_in_way(number, loc), line) for loc, line in way.expressions())

    def wants_reference(self) -> bool:
        return any(way.wants_reference() for way in self.any_of)

    def wants_changes(self, context: Context) -> bool:
        return any(way.wants_changes(own) for way, own in self._contexts(context))

    def judge(self, context: Context) -> Verdict:
        verdicts = [replace(way.judge(own), check=self.id) for way, own in self._contexts(context)]
        if context.reference is not None and context.subject.observed is context.reference:
            # A way that the reference does not serve is the course's mistake, even if the reference passes another way.
            for number, verdict in enumerate(verdicts):
                if verdict.status == "error":
                    return replace(verdict, way=number, message=f"{verdict.message} (Way {number + 1} of `any-of`.)")
        number = max(range(len(verdicts)), key=lambda number: (_nearness(verdicts[number]), -number))
        nearest, passed = verdicts[number], [verdict for verdict in verdicts if verdict.status == "passed"]
        if passed:
            return replace(
                nearest,
                way=number,
                position=min((one.position for one in passed if one.position is not None), default=None),
                bound=tuple(found for verdict in passed for found in verdict.bound)[:MAX_FOUND],
                evidence=any(verdict.evidence for verdict in passed),
            )
        variables, places = _seen(nearest, verdicts)
        return replace(
            nearest,
            way=number,
            message=_in_words(nearest, len(verdicts)),
            evidence=any(verdict.evidence for verdict in verdicts),
            variables=variables,
            places=places,
        )

    def _contexts(self, context: Context) -> Iterator[tuple[Check, Context]]:
        """Every way, with what it asked the recorder for itself."""
        for number, (way, probes) in enumerate(zip(self.any_of, context.way_probes, strict=True)):
            notes = None if context.notes is None else context.notes.way(number)
            yield way, replace(context, probes=probes, way_probes=(probes,), notes=notes)


_BY_STATUS = {"passed": 3, "manual": 2, "error": 1, "failed": 0}


def _nearness(verdict: Verdict) -> tuple[object, ...]:
    return _BY_STATUS[verdict.status], verdict.withheld, verdict.found, verdict.share


def _in_words(nearest: Verdict, ways: int) -> str:
    """The message of the nearest way, for a student who may have meant another one."""
    if nearest.status != "failed":
        return nearest.message
    if nearest.found:
        return f"{nearest.message} There are {ways} ways to answer this; yours comes closest to this one."
    return f"{nearest.message} There are {ways} ways to answer this, and none of them was found."


def _seen(
    nearest: Verdict, verdicts: Sequence[Verdict]
) -> tuple[tuple[Mapping[str, Any], ...], tuple[RunPlace | None, ...]]:
    """The variables for the rubric's mistakes, those of the nearest way first, and their places. Where a way has found
    what it is about, ways that have not say nothing of the submission.
    """
    others = [verdict for verdict in verdicts if verdict is not nearest and verdict.found == nearest.found]
    ordered = [nearest, *others]
    variables = bounded(one for verdict in ordered for one in verdict.variables)
    if not any(verdict.places for verdict in ordered):
        return variables, ()
    places = [place for verdict in ordered for place in verdict.places or (None,) * len(verdict.variables)]
    return variables, tuple(places[: len(variables)])

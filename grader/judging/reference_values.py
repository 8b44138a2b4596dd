"""The values of the reference solution with which a ``value`` check compares, where it wants ``reference``.

They are the last ones that the declared names had in the reference, as far as these meet ``given``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from grader.judging.checks.base import Check
from grader.judging.checks.yaml_lines import REFERENCE
from grader.judging.comparison import compare
from grader.judging.found_objects import Choice
from grader.judging.observed import Observed
from grader.judging.watched_values import bindings
from grader.language.closeness import Tolerance
from grader.model import RunPlace

MAX_MOMENTS = 2_000
"""Moments of the reference that are looked at, from its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceValues:
    """The reference's values by declared name; or what the author has to mend, with the place in the reference."""

    variables: Mapping[str, Any]
    mistake: str = ""
    place: RunPlace | None = None
    bound: Mapping[str, str] = field(default_factory=dict)
    """The reference's own names for the declared ones."""
    position: int = -1
    """That of the event at which they had these values."""


def last_values(check: Check, reference: Observed) -> ReferenceValues:
    """The last values of the names that the lines with ``reference`` read."""
    tolerance = None if check.tolerance is None else Tolerance(rtol=check.tolerance, atol=check.tolerance)
    lines = [seen for seen, wanted in check.expect if wanted.name == REFERENCE]
    # Where a value came from is not known of the reference.
    given = [line for line in check.given if not line.reads("source")]
    needed = frozenset().union(*(line.names for line in (*lines, *given)))
    names = {name: aliases for name, aliases in check.names.items() if name in needed}
    for moment in islice(reversed(reference.watched_values), MAX_MOMENTS):
        ways = [
            (bound, {name: moment.values[found] for name, found in bound.items()})
            for bound in bindings(names, moment.values, Choice())
        ]
        fitting = [
            (bound, values) for bound, values in ways if all(line.holds(values, tolerance=tolerance) for line in given)
        ]
        if not fitting:
            continue
        (first, values), *others = fitting
        for other, more in others:
            for seen in lines:
                sides = [seen.evaluate(variables, tolerance=tolerance) for variables in (values, more)]
                if not compare(*sides, tolerance=tolerance).equal:
                    return ReferenceValues(
                        variables={}, mistake=_ambiguous(first, other, seen.text), place=moment.place
                    )
        return ReferenceValues(variables=values, bound=first, position=moment.position)
    listed = " and ".join(f"`{name}`" for name in names)
    what = f"{listed} {'has' if len(names) == 1 else 'have'} no value" + (" that meets `given`" if given else "")
    return ReferenceValues(
        variables={},
        mistake=f"In the reference, {what}, so there is nothing that `reference` could stand for. Bind a listed name "
        "there, or list the name that it has there; what `check.name` refers to is known only of submissions.",
    )


def _ambiguous(one: Mapping[str, str], other: Mapping[str, str], text: str) -> str:
    name = next(name for name in one if one[name] != other[name])
    return (
        f"In the reference, `{name}` may stand for `{one[name]}` and for `{other[name]}`, which differ in `{text}`, so "
        "`reference` could be either. List only the name that is meant, or add a line to `given` that only that meets."
    )

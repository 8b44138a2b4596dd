"""Kind ``backward``: a backward pass gave a leaf, or several leaves, the gradient that is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from grader.judging.backward_passes import BackwardPass
from grader.judging.candidates import Candidate, Phrases, decide
from grader.judging.checks.base import Check
from grader.judging.context import Context
from grader.judging.observed import typical_backward_passes
from grader.judging.watched_values import matching_names
from grader.language.expression import Expression, Role
from grader.model import Probes, Verdict

MAX_LEAVES = 6
"""Leaves of one pass. Exercises have two or three; trying all assignments of more to roles would take too long."""


class BackwardCheck(Check):
    """Looks at every backward pass that raised no error: by ``backward``, ``autograd.grad``, ``torch.func``…"""

    kind: Literal["backward"]
    leaf: str | None = Field(
        default=None, description="Only passes that reached a leaf of this name (or of its aliases in `names`)."
    )
    leaves: tuple[str, ...] = Field(
        default=(),
        max_length=4,
        description="Roles for several leaves of one pass, whatever they are called: `leaves: [x, y]` makes `x` (its "
        "value), `x.gradient` and `x.grad` known, and the same for `y`. `given` decides which leaf is which.",
    )

    VARIABLES: ClassVar[frozenset[str]] = frozenset(
        {
            "leaf",
            "gradient",
            "grad",
            "grad_before",
            "passes",
            "was_zeroed",
            "cleared",
            "repeats",
            "refusals",
            "trained",
            "root",
            "output",
            "weights",
            "order",
            "retain_graph",
            "create_graph",
            "operations",
            "functions",
            "branches",
        }
    )

    @model_validator(mode="after")
    def _leaf_or_leaves(self) -> BackwardCheck:
        if self.leaf is not None and self.leaves:
            raise ValueError("give `leaf` (one name) or `leaves` (roles), not both")
        if len(set(self.leaves)) < len(self.leaves):
            raise ValueError("every role in `leaves` needs a name of its own")
        return self

    def variables(self) -> frozenset[str]:
        return self.VARIABLES | set(self.leaves)

    def probes(self, exercise: str, seed: int) -> Probes:
        return self.watch_names()

    def judge(self, context: Context) -> Verdict:
        observed = context.subject.observed
        chosen = self.leaf is not None or self.through is not None
        fitting = [
            entry
            for entry in (observed.backward_passes if chosen else observed.typical_backward_passes)
            if not entry.event.stale and self._goes_through(entry, context) and self._matches(self.leaf, entry.names)
        ]
        fitting = list(typical_backward_passes(fitting))
        candidates = list(self._with_roles(fitting, context) if self.leaves else self._with_one(fitting, context))
        return decide(self, context, candidates, self._phrases(context))

    # ----------------------------------------------------------------------------------------------------------------

    def _with_one(self, passes: Sequence[BackwardPass], context: Context) -> Iterator[Candidate]:
        for entry in passes:
            noun = f"`{entry.names[0]}`" if entry.names else "the leaf"
            yield self._candidate(entry, self._variables(entry, context), noun)

    def _with_roles(self, passes: Sequence[BackwardPass], context: Context) -> Iterator[Candidate]:
        """Every assignment of the leaves of a pass to the roles."""
        for _, group in itertools.groupby(passes, key=lambda entry: entry.position):
            reached = list(group)
            if not len(self.leaves) <= len(reached) <= MAX_LEAVES:
                continue
            for chosen in itertools.permutations(reached, len(self.leaves)):
                roles = {
                    role: Role(value=entry.leaf, gradient=entry.gradient, grad=entry.grad)
                    for role, entry in zip(self.leaves, chosen, strict=True)
                }
                nouns = [f"`{entry.names[0]}`" for entry in chosen if entry.names]
                variables = {**self._variables(chosen[0], context), **roles}
                yield self._candidate(chosen[0], variables, " and ".join(nouns) or "the leaves")

    def _candidate(self, entry: BackwardPass, variables: Mapping[str, object], noun: str) -> Candidate:
        return Candidate(position=entry.position, place=entry.event.place, variables=variables, noun=noun)

    def _goes_through(self, entry: BackwardPass, context: Context) -> bool:
        """Whether the graph goes through the name, or through a call of the function that an earlier check found."""
        if self.through is not None and self.through in context.earlier:
            place = context.earlier[self.through].place
            return place is not None and (place.cell, place.line) in entry.event.functions
        return self._matches(self.through, entry.event.through)

    def _matches(self, wanted: str | None, names: tuple[str, ...]) -> bool:
        if wanted is None:
            return True
        return bool(matching_names(self.names.get(wanted, (wanted,)), names))

    def _variables(self, entry: BackwardPass, context: Context) -> dict[str, object]:
        values = context.subject.observed.names_at(entry.position) if self.names else {}
        declared = {
            name: next((values[found] for found in matching_names(patterns, values)), None)
            for name, patterns in self.names.items()
        }
        event = entry.event
        return declared | {
            "leaf": entry.leaf,
            "gradient": entry.gradient,
            "grad": entry.grad,
            "grad_before": entry.grad_before,
            "passes": entry.passes,
            "was_zeroed": entry.was_zeroed,
            "cleared": entry.cleared,
            "repeats": entry.repeats,
            "refusals": entry.refusals,
            "trained": entry.trained,
            "root": event.root,
            "output": event.output,
            "weights": entry.weights,
            "order": event.order,
            "retain_graph": event.retain_graph,
            "create_graph": event.create_graph,
            "operations": event.operations,
            "functions": len(event.functions),
            "branches": self._branches(context),
        }

    def _branches(self, context: Context) -> object:
        """In how many ways the code of the function ran that an earlier check found; 0 where ``through`` names none."""
        earlier = None if self.through is None else context.earlier.get(self.through)
        return 0 if earlier is None or not earlier.variables else earlier.variables[0].get("branches", 0)

    def _phrases(self, context: Context) -> Phrases:
        conditions = [f"reached `{self.leaf}`"] if self.leaf else []
        if self.through:
            through = "your function" if self.through in context.earlier else f"`{self.through}`"
            conditions.append(f"went through {through}")
        named = f" that {' and '.join(conditions)}" if conditions else ""
        if self.after and context.position_of(self.after) is None:
            nothing = "What has to come first was not found, so there was nothing to look for after it."
        else:
            nothing = f"No backward pass{named} does what is asked for."
        return Phrases(
            thing="backward pass that worked",
            things="backward passes that worked",
            nothing=nothing,
            passed=lambda candidate: f"A backward pass gave {candidate.noun} the right gradient.",
            broken=_broken,
        )


def _broken(candidate: Candidate, line: Expression) -> str:
    return f"A backward pass that reached {candidate.noun} comes close, but `{line.text}` does not hold."

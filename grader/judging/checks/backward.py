"""Kind ``backward``: a backward pass gave a leaf, or several leaves, the gradient that is asked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from grader.judging.bounds import typical
from grader.judging.candidates import Candidate, Phrases, decide, passed_over
from grader.judging.checks.base import Check
from grader.judging.context import Context
from grader.judging.error_families import family_from_torch
from grader.judging.found_objects import Choice, Followed, choices, objects_of, reference_in
from grader.judging.observed import typical_backward_passes
from grader.judging.passes.backward_passes import BackwardPass
from grader.judging.watched_values import bound_names, matching_names, missing
from grader.language.expression import Expression, Role
from grader.language.yaml_file import Loc
from grader.model import Backward, BriefPasses, Found, Probes, Verdict

MAX_LEAVES = 6
"""Leaves of one pass. Exercises have two or three; trying all assignments of more to roles would take too long."""


class BackwardCheck(Check):
    """Looks at every backward pass that raised no error: by ``backward``, ``autograd.grad``, ``torch.func``…"""

    LOOKS_AT_GRADIENTS: ClassVar[bool] = True

    kind: Literal["backward"]
    leaf: str | None = Field(
        default=None,
        description="Only passes that reached a leaf of this name (or of its aliases in `names`); with `check.name`, "
        "the leaf that an earlier check found, whatever it is called.",
    )
    leaves: tuple[str, ...] = Field(
        default=(),
        max_length=4,
        description="Roles for several leaves of one pass, whatever they are called: `leaves: [x, y]` makes `x` (its "
        "value), `x.gradient` and `x.grad` known, and the same for `y`. `given` decides which leaf is which. A role "
        "written as `check.x` is the leaf that an earlier check found for `x`.",
    )

    VARIABLES: ClassVar[Mapping[str, str]] = {
        "leaf": "the tensor that the pass reached, with its value at that time",
        "gradient": "what this pass computed for the leaf",
        "grad": "the leaf's `.grad` after the pass; None where there is none, as after `autograd.grad`",
        "grad_before": "the leaf's `.grad` before the pass",
        "root": "what the pass started from",
        "output": "the same before a last `sum`, `mean` or index: `d` for `d.sum().backward()`",
        "weights": "the weight of each element of `output`: what stands in `gradient=`, ones for a sum, 1/n for a mean",
        "order": "1; 2 where a gradient is differentiated again, and so on",
        "passes": "how many passes `grad` sums; a value assigned by hand sets it back",
        "was_zeroed": "whether `.grad` held something before and was cleared",
        "cleared": "how many passes `.grad` had summed when it was cleared last",
        "repeats": "how many passes there were from this very `output` so far",
        "alike": "how many of the passes that `grad` sums are like this one: from this output, or over the same "
        "function computed anew",
        "cleared_alike": "how many passes like this one `.grad` had summed when it was cleared last",
        "is_new_leaf": "whether an earlier pass reached another tensor of the same name",
        "refusals": "how often a backward from this output failed, at any time, because it is no single number",
        "trained": "whether the same line ran another pass when the leaf had another value, as in a loop that trains",
        "retain_graph": "whether the pass was told to keep the graph",
        "create_graph": "whether the gradient can be differentiated again",
        "operations": "the names of the graph's nodes, such as `MulBackward0`",
        "affine": "whether the graph only adds, and multiplies by constants",
        "functions": "how many functions of the student's the graph goes through",
        "branches": "where `through` names a function check: in how many ways the code of that function ran",
        "same_leaf": "in rubrics: whether the pass reached the very leaf that an earlier check found",
        "same_through": "in rubrics: whether its graph went through the very tensor that an earlier check found",
        "raised": "in rubrics, of a pass that raised: the family of torch's error",
        "refused": "in rubrics, of a pass that raised: what it should have started from",
    }

    @model_validator(mode="after")
    def _leaf_or_leaves(self) -> BackwardCheck:
        if self.leaf is not None and self.leaves:
            raise ValueError("give `leaf` (one name) or `leaves` (roles), not both")
        if len(set(self._roles)) < len(self.leaves):
            raise ValueError("every role in `leaves` needs a name of its own")
        return self

    @property
    def _roles(self) -> tuple[str, ...]:
        return tuple(reference.name if (reference := reference_in(role)) else role for role in self.leaves)

    def variables(self) -> frozenset[str]:
        return super().variables() | set(self._roles)

    def binds(self) -> frozenset[str]:
        leaves = self._roles or ("leaf",)
        return frozenset({*leaves, *self.names, "root", "output"})

    def references(self) -> Iterator[tuple[Loc, str]]:
        yield from super().references()
        if self.leaf is not None:
            yield ("leaf",), self.leaf
        yield from ((("leaves", index), role) for index, role in enumerate(self.leaves))

    def probes(self, exercise: str, seed: int) -> Probes:
        return self.watch_names()

    def judge(self, context: Context) -> Verdict:
        observed = context.subject.observed
        narrowed = self.leaf is not None or self.through is not None
        named = [
            entry
            for entry in (observed.backward_passes if narrowed else observed.typical_backward_passes)
            if not entry.event.stale and self._goes_through(entry, context) and self._is_leaf(entry)
        ]
        chosen = choices((text for _, text in self.references()), context.earlier, after=self.after)
        followed = Followed(chosen, through=self.through, leaves=self.leaves or (self.leaf,))
        if self.leaves:
            candidates = list(self._with_roles(typical_backward_passes(named), context, followed))
        else:
            fitting = [entry for entry in named if followed.choice(entry, (entry.leaf.token,)) is not None]
            candidates = list(self._with_one(typical_backward_passes(fitting), context, followed))
        others = list(self._others(named, chosen, followed, context))
        return decide(self, context, candidates, self._phrases(context, self._seen(named, context)), others)

    def _seen(self, named: Sequence[BackwardPass], context: Context) -> int:
        """How many passes were seen where some are recorded in brief; 0 where none is, or only some may count."""
        brief = [event for event in context.subject.observed.events if isinstance(event, BriefPasses)]
        if not brief or self.after or self.through is not None or (self.leaf is not None and reference_in(self.leaf)):
            return 0
        in_full = len({entry.position for entry in context.subject.observed.backward_passes if self._is_leaf(entry)})
        return in_full + sum(map(self._count_in, brief))

    def _count_in(self, event: BriefPasses) -> int:
        """How many passes in brief reached a leaf of the wanted name."""
        reached = [any(self._matches(self.leaf, leaf.names) for leaf in line.leaves) for line in event.lines]
        return 0 if event.sequence.data is None else sum(reached[line] for line in event.sequence.data.tolist())

    # ----------------------------------------------------------------------------------------------------------------

    def _with_one(self, passes: Sequence[BackwardPass], context: Context, followed: Followed) -> Iterator[Candidate]:
        for entry in passes:
            choice = followed.choice(entry, (entry.leaf.token,)) or Choice()
            noun = f"`{entry.names[0]}`" if entry.names else "the leaf"
            yield self._candidate(entry, self._variables(entry, context, choice), noun, {"leaf": entry.leaf.token})

    def _with_roles(self, passes: Sequence[BackwardPass], context: Context, followed: Followed) -> Iterator[Candidate]:
        """Every assignment of the leaves of a pass to the roles."""
        for _, group in itertools.groupby(passes, key=lambda entry: entry.position):
            reached = list(group)
            if not len(self.leaves) <= len(reached) <= MAX_LEAVES:
                continue
            for chosen in itertools.permutations(reached, len(self.leaves)):
                tokens = tuple(entry.leaf.token for entry in chosen)
                choice = followed.choice(chosen[0], tokens)
                if choice is None:
                    continue
                roles = {
                    role: Role(value=entry.leaf, gradient=entry.gradient, grad=entry.grad, curvature=entry.curvature)
                    for role, entry in zip(self._roles, chosen, strict=True)
                }
                nouns = [f"`{entry.names[0]}`" for entry in chosen if entry.names]
                variables = {**self._variables(chosen[0], context, choice), **roles}
                objects = dict(zip(self._roles, tokens, strict=True))
                yield self._candidate(chosen[0], variables, " and ".join(nouns) or "the leaves", objects)

    def _others(
        self, named: Sequence[BackwardPass], chosen: Sequence[Choice], followed: Followed, context: Context
    ) -> Iterator[Candidate]:
        """For the rubric's mistakes: passes about other objects than those that earlier checks found, passes that
        raised, and what the declared names were bound to last.
        """
        after = context.position_of(self.after) if self.after else None
        choice = chosen[-1] if chosen else Choice()
        observed = context.subject.observed
        if followed.by_object and not self.leaves:
            others = [entry for entry in named if followed.choice(entry, (entry.leaf.token,)) is None]
            for entry in typical_backward_passes(others):
                if after is None or entry.position > after:
                    same = {
                        "same_leaf": followed.is_same_leaf(entry.leaf.token),
                        "same_through": followed.is_same_through(entry.event.through_tokens),
                    }
                    yield self._candidate(entry, {**self._variables(entry, context, choice), **same}, "the leaf", {})
        raising = typical(observed.raising_calls, lambda call: call[1].place)
        for position, event in raising:
            if isinstance(event, Backward) and event.error is not None and (after is None or position > after):
                refused = {
                    "raised": family_from_torch(event.error),
                    "refused": event.output if event.error.origin == "torch" else None,
                    "retain_graph": event.retain_graph,
                    "repeats": observed.passes_from(event.output, before=position),
                }
                variables = self._declared(position, context, choice) | refused
                yield Candidate(position=position, place=event.place, variables=variables)
        if self.names and observed.watched_values:
            last = observed.watched_values[-1]
            variables = self._declared(last.position, context, choice)
            yield Candidate(position=last.position, place=last.place, variables=variables)

    def _candidate(
        self, entry: BackwardPass, variables: Mapping[str, object], noun: str, leaves: Mapping[str, int]
    ) -> Candidate:
        objects = {**objects_of({name: variables[name] for name in ("root", "output", *self.names)}), **leaves}
        return Candidate(
            position=entry.position,
            place=entry.event.place,
            variables=variables,
            noun=noun,
            thing=entry.position,  # one pass, whatever roles its leaves are given
            hands=entry.grad_hands if self._reads_grad else entry.hands,
            bound=(Found(position=entry.position, objects=objects),),
        )

    @cached_property
    def _reads_grad(self) -> bool:
        """Whether a line is about ``.grad``, which sums passes, and not only about what one pass computed."""
        lines = [line for _, line in self.expressions()]
        names = frozenset().union(*(line.names for line in lines))
        return bool(names & {"grad", "grad_before"}) or any(
            attribute == "grad" for line in lines for _, attribute in line.attributes
        )

    def _goes_through(self, entry: BackwardPass, context: Context) -> bool:
        """Whether the graph goes through the name, or through a call of the function that an earlier check found."""
        if self.through is not None and self.through in context.earlier:
            return bool(self._functions_in(entry, context.earlier[self.through]))
        return self._matches(self.through, entry.event.through)

    def _is_leaf(self, entry: BackwardPass) -> bool:
        return self._matches(self.leaf, entry.names)

    def _matches(self, wanted: str | None, names: tuple[str, ...]) -> bool:
        if wanted is None or reference_in(wanted) is not None:
            return True
        return bool(matching_names(self.names.get(wanted, (wanted,)), names))

    def _declared(self, position: int, context: Context, choice: Choice) -> dict[str, object]:
        """What the declared names were bound to at the time of an event."""
        values = context.subject.observed.names_at(position) if self.names else {}
        return {
            name: next((values[found] for found in bound_names(aliases, values, choice)), missing(aliases))
            for name, aliases in self.names.items()
        }

    def _variables(self, entry: BackwardPass, context: Context, choice: Choice) -> dict[str, object]:
        event = entry.event
        return self._declared(entry.position, context, choice) | {
            "leaf": entry.leaf,
            "gradient": entry.gradient,
            "curvature": entry.curvature,
            "grad": entry.grad,
            "grad_before": entry.grad_before,
            "passes": entry.passes,
            "was_zeroed": entry.was_zeroed,
            "cleared": entry.cleared,
            "repeats": entry.repeats,
            "alike": entry.alike,
            "cleared_alike": entry.cleared_alike,
            "is_new_leaf": entry.is_new_leaf,
            "refusals": entry.refusals,
            "trained": entry.trained,
            "root": event.root,
            "output": event.output,
            "weights": entry.weights,
            "order": event.order,
            "retain_graph": event.retain_graph,
            "create_graph": event.create_graph,
            "operations": event.operations,
            "affine": event.affine,
            "functions": len(event.functions),
            "branches": self._branches(entry, context),
            "same_leaf": True,
            "same_through": True,
        }

    def _functions_in(self, entry: BackwardPass, earlier: Verdict) -> Sequence[Found]:
        """The functions that an earlier check found, any of those that passed or else the best, in a pass's graph."""
        branches = earlier.variables[0].get("branches", 0) if earlier.variables else 0
        best = Found(position=-1, place=earlier.place, branches=branches)
        return [
            found
            for found in earlier.bound or (best,)
            if found.place is not None and (found.place.cell, found.place.line) in entry.event.functions
        ]

    def _branches(self, entry: BackwardPass, context: Context) -> int:
        """In how many ways the code of the function ran that an earlier check found; 0 where ``through`` names none."""
        earlier = None if self.through is None else context.earlier.get(self.through)
        found = () if earlier is None else self._functions_in(entry, earlier)
        return max((function.branches for function in found), default=0)

    def _phrases(self, context: Context, seen: int) -> Phrases:
        conditions = [f"reached {_in_words(self.leaf)}"] if self.leaf else []
        if self.through:
            through = "your function" if self.through in context.earlier else _in_words(self.through)
            conditions.append(f"went through {through}")
        named = f" that {' and '.join(conditions)}" if conditions else ""
        if self.after and context.position_of(self.after) is None:
            nothing = "What has to come first was not found, so there was nothing to look for after it."
        else:
            stale = {
                name: None for entry in context.subject.observed.backward_passes for name in entry.event.stale_names
            }
            nothing = f"No backward pass{named} does what is asked for.{passed_over(stale)}"
        return Phrases(
            thing="backward pass that worked",
            things="backward passes that worked",
            nothing=nothing,
            passed=lambda candidate: f"A backward pass gave {candidate.noun} the right gradient.",
            broken=_broken,
            seen=seen,
            says_why=True,
        )


def _in_words(wanted: str) -> str:
    """A name, or the object that an earlier check found, in words for the student."""
    reference = reference_in(wanted)
    if reference is None:
        return f"`{wanted}`"
    return "that very tensor" if reference.name == "leaf" else f"that very `{reference.name}`"


def _broken(candidate: Candidate, line: Expression) -> str:
    return f"A backward pass that reached {candidate.noun} comes close, but `{line.text}` does not hold."

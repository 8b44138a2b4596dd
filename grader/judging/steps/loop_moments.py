"""The steps of a loop as moments of a series: each with the variables of a leaf, or of leaves in roles."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.judging.bounds import MAX_ELEMENTS
from grader.judging.found_objects import Choice
from grader.judging.observed import Observed
from grader.judging.series import Moment
from grader.judging.steps.step_variables import StepVariables, elements_of
from grader.judging.steps.training_loops import TrainingLoop
from grader.judging.watched_values import bound_names, matching_names, missing
from grader.language.expression import Role
from grader.model import Array

MAX_LEAVES = 6
"""Leaves of a loop that are tried for roles."""
MAX_MOMENTS = 5_000
"""Steps, counted for each leaf, that one check looks at: of a longer loop those at its beginning and its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopMoments:
    """Makes the moments of loops. ``leaf``, ``roles`` and ``names`` are what the check's fields say."""

    observed: Observed
    leaf: str | None
    roles: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]

    def of(self, loop: TrainingLoop, fits: Callable[[Moment], bool] | None = None) -> Iterator[Sequence[Moment]]:
        """The moments of all leaves of a loop that count; with roles, those of every way to assign the leaves. Where
        neither the first nor the last moment of a way fits, only these two.
        """
        variables = StepVariables(loop)
        steps = _looked_at(loop)
        if not self.roles:
            counting = [leaf for leaf in range(loop.leaf_count) if self._is_leaf(loop, leaf)]
            yield [
                self._moment(loop, index, (leaf,), variables.of_leaf(index, leaf))
                for index in steps
                for leaf in counting
            ]
            return
        # Leaves that never change have a role only where the others are too few.
        is_short = loop.leaf_count < len(self.roles)
        every = range(loop.leaf_count + (len(loop.steps[0].still) if is_short else 0))
        fitting = [leaf for leaf in every if any(self._may_be(role, loop, leaf) for role in self.roles)]
        if not len(self.roles) <= len(fitting) <= MAX_LEAVES:
            return
        for chosen in itertools.permutations(fitting, len(self.roles)):
            if all(self._may_be(role, loop, leaf) for role, leaf in zip(self.roles, chosen, strict=True)):

                def at(index: int, leaves: Sequence[int] = chosen) -> Moment:
                    return self._moment(loop, index, leaves, variables.of_roles(index, self.roles, leaves))

                ends = [at(index) for index in dict.fromkeys((steps[0], steps[-1]))]
                if fits is None or any(map(fits, ends)):
                    yield [ends[0], *map(at, steps[1:-1]), *ends[1:]]
                else:
                    yield ends

    def still(self, loop: TrainingLoop) -> Sequence[Moment]:
        """The moments of the leaves that a loop never changes; none where leaves have roles."""
        if self.roles or not loop.steps[0].still:
            return ()
        variables = StepVariables(loop)
        first = loop.leaf_count
        leaves = range(first, first + len(loop.steps[0].still))
        counting = [leaf for leaf in leaves if self._is_leaf(loop, leaf)]
        return [
            self._moment(loop, index, (leaf,), variables.of_leaf(index, leaf))
            for index in _looked_at(loop)
            for leaf in counting
        ]

    def _moment(self, loop: TrainingLoop, index: int, leaves: Sequence[int], variables: Mapping[str, object]) -> Moment:
        step = loop.steps[index]
        values = self.observed.names_at(step.position) if self.names else {}
        declared = {
            name: next((values[one] for one in bound_names(aliases, values, Choice())), missing(aliases))
            for name, aliases in self.names.items()
            if name not in variables
        }
        names = [_names_of(loop, leaf)[:1] for leaf in leaves]
        return Moment(
            number=step.number,
            position=step.position,
            place=step.event.place,
            variables={**declared, **variables},
            noun=" and ".join(map(_noun_of, itertools.repeat(loop), leaves)),
            part=leaves[0],
            called={role: name[0] for role, name in zip(self.roles, names, strict=False) if name},
        )

    def _may_be(self, role: str, loop: TrainingLoop, leaf: int) -> bool:
        """Whether a leaf has one of the names that ``names`` lists for a role; true where it lists none."""
        return role not in self.names or bool(matching_names(self.names[role], _names_of(loop, leaf)))

    def _is_leaf(self, loop: TrainingLoop, leaf: int) -> bool:
        """Whether a leaf has the wanted name; true where none is wanted."""
        if self.leaf is None:
            return True
        return bool(matching_names(self.names.get(self.leaf, (self.leaf,)), _names_of(loop, leaf)))


def objects_after(moments: Sequence[Moment], roles: Sequence[str]) -> Mapping[str, int]:
    """The leaves as they are after a loop, by role, for later checks; ``leaf`` where it has only one."""
    if roles:
        found = {role: moments[-1].variables.get(role) for role in roles}
        after = {role: value.parts.get("after") for role, value in found.items() if isinstance(value, Role)}
    else:
        last = [moment for moment in moments if moment.number == moments[-1].number]
        after = {"leaf": last[0].variables.get("after")} if len(last) == 1 else {}
    return {name: value.token for name, value in after.items() if isinstance(value, Array) and value.token}


def _names_of(loop: TrainingLoop, leaf: int) -> tuple[str, ...]:
    return loop.steps[0].leaf(leaf).names


def _noun_of(loop: TrainingLoop, leaf: int) -> str:
    """A leaf by its name, or else by its shape, which tells the leaves of a module apart."""
    names = _names_of(loop, leaf)
    return f"`{names[0]}`" if names else f"the leaf of shape {loop.steps[0].leaf(leaf).before.shape}"


def _looked_at(loop: TrainingLoop) -> Sequence[int]:
    """The steps that are looked at, from both ends to the middle as far as the bounds allow."""
    count = len(loop.steps)
    moments, elements = MAX_MOMENTS, MAX_ELEMENTS
    chosen: list[int] = []
    for rank in range(count):
        index = rank // 2 if rank % 2 == 0 else count - 1 - rank // 2
        moments -= loop.leaf_count + len(loop.steps[index].still)
        elements -= elements_of(loop.steps[index])
        if chosen and (moments < 0 or elements < 0):
            break
        chosen.append(index)
    return sorted(chosen)

"""Candidates of backward passes: each with the variables of a pass, for one leaf or for leaves in roles."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from grader.judging.bounds import typical
from grader.judging.error_families import family_from_torch
from grader.judging.foreign_hands import goes_through_own_function
from grader.judging.found_objects import Choice, Followed, objects_of, reference_in
from grader.judging.functions.called_functions import functions_among
from grader.judging.observed import Observed, typical_backward_passes
from grader.judging.passes.backward_passes import BackwardPass
from grader.judging.tracing.notes import CheckNotes
from grader.judging.trials import Candidate
from grader.judging.watched_values import bound_names, matching_names, missing
from grader.language.expression import Expression, Role
from grader.model import Backward, Found, Opaque, Verdict

MAX_LEAVES = 6
"""Leaves of one pass. Exercises have two or three; trying all assignments of more to roles would take too long."""

_STALE = "a statement that failed should have bound one of its names anew, so it is about something older"
_NOT_THROUGH = "its graph does not go through `{through}`"
_NO_SUCH_LEAF = "its leaf is not called `{leaf}`"
_NO_ROLES = "its leaves do not fit the roles {roles}: there are too few of them, or too many, or of other names"

_ONE_DIRECTION = Opaque(
    kind="missing", text="forward mode shows the derivative in one direction only (`jvp`), not the gradient"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassCandidates:
    """Makes the candidates of a ``backward`` check from what was observed, of a submission or of the reference.

    ``leaf``, ``roles``, ``names`` and ``through`` are what the check's fields say; ``earlier`` has the verdicts of the
    checks above. ``reads_grad``: see there.
    """

    observed: Observed
    leaf: str | None
    roles: tuple[str, ...]
    names: Mapping[str, tuple[str, ...]]
    through: str | None
    reads_grad: bool
    earlier: Mapping[str, Verdict] = field(default_factory=dict)
    notes: CheckNotes | None = None

    def fitting(self, passes: Iterable[BackwardPass]) -> list[BackwardPass]:
        """The passes that are not stale, go through what ``through`` names, and reached a leaf of the wanted name."""
        found = []
        for entry in passes:
            if entry.event.stale:
                why = _STALE
            elif not self._goes_through(entry):
                why = _NOT_THROUGH
            elif not self.is_leaf(entry):
                why = _NO_SUCH_LEAF
            else:
                found.append(entry)
                continue
            self._leave_out([entry], why)
        return found

    def of(self, passes: Sequence[BackwardPass], followed: Followed) -> Iterator[Candidate]:
        """The candidates of passes that fit, and that are about the objects which the check follows."""
        if self.roles:
            return self._with_roles(typical_backward_passes(passes), followed)
        found = [entry for entry in passes if followed.choice(entry, (entry.leaf.token,)) is not None]
        return self._with_one(typical_backward_passes(found), followed)

    def _with_one(self, passes: Sequence[BackwardPass], followed: Followed) -> Iterator[Candidate]:
        for entry in passes:
            choice = followed.choice(entry, (entry.leaf.token,)) or Choice()
            noun = f"`{entry.names[0]}`" if entry.names else "the leaf"
            yield self._candidate(entry, self._variables(entry, choice), noun, {"leaf": entry})

    def _with_roles(self, passes: Sequence[BackwardPass], followed: Followed) -> Iterator[Candidate]:
        """Every assignment of the leaves of a pass to the roles."""
        for _, group in itertools.groupby(passes, key=lambda entry: entry.position):
            reached = [entry for entry in group if any(self._may_be(role, entry) for role in self.roles)]
            if not len(self.roles) <= len(reached) <= MAX_LEAVES:
                self._leave_out(reached[:MAX_LEAVES], _NO_ROLES)
                continue
            for chosen in itertools.permutations(reached, len(self.roles)):
                if not all(map(self._may_be, self.roles, chosen)):
                    continue
                tokens = tuple(entry.leaf.token for entry in chosen)
                choice = followed.choice(chosen[0], tokens)
                if choice is None:
                    continue
                roles = {
                    role: Role(
                        value=entry.leaf,
                        gradient=entry.gradient,
                        grad=entry.grad,
                        curvature=entry.curvature,
                        parts={"tangent": entry.tangent},
                    )
                    for role, entry in zip(self.roles, chosen, strict=True)
                }
                nouns = [f"`{entry.names[0]}`" for entry in chosen if entry.names]
                variables = {**self._variables(chosen[0], choice), **roles}
                by_role = dict(zip(self.roles, chosen, strict=True))
                yield self._candidate(chosen[0], variables, " and ".join(nouns) or "the leaves", by_role)

    def others(
        self, passes: Sequence[BackwardPass], chosen: Sequence[Choice], followed: Followed, *, after: int | None
    ) -> Iterator[Candidate]:
        """For the rubric's mistakes: passes about other objects than those that earlier checks found, passes that
        raised, and what the declared names were bound to last. ``after``: only what came later.
        """
        choice = chosen[-1] if chosen else Choice()
        observed = self.observed
        if followed.by_object and not self.roles:
            others = [entry for entry in passes if followed.choice(entry, (entry.leaf.token,)) is None]
            for entry in typical_backward_passes(others):
                if after is None or entry.position > after:
                    same = {
                        "same_leaf": followed.is_same_leaf(entry.leaf.token),
                        "same_through": followed.is_same_through(entry.event.through_tokens),
                    }
                    other = self._candidate(entry, {**self._variables(entry, choice), **same}, "the leaf", {})
                    yield replace(other, shown_as=f"`{entry.names[0]}`") if entry.names else other
        raising = typical(observed.raising_calls, lambda call: call[1].place)
        for position, event in raising:
            if isinstance(event, Backward) and event.error is not None and (after is None or position > after):
                refused = {
                    "raised": family_from_torch(event.error),
                    "refused": event.output if event.error.origin == "torch" else None,
                    "retain_graph": event.retain_graph,
                    "repeats": observed.passes_from(event.output, before=position),
                }
                variables = self._declared(position, choice) | refused
                names = (f"`{leaf.names[0]}`" for leaf in event.leaves if leaf.names)
                reached = ", ".join(names) or "leaves that are not known"
                yield Candidate(position=position, place=event.place, variables=variables, shown_as=reached)
        if self.names and observed.watched_values:
            last = observed.watched_values[-1]
            variables = self._declared(last.position, choice)
            yield Candidate(position=last.position, place=last.place, variables=variables)

    def reached_besides(self, candidate: Candidate) -> list[str]:
        """What the pass of a candidate reached besides the leaves that the candidate is about, in words."""
        (found,) = candidate.bound
        tokens = {found.objects.get(role, 0) for role in self.roles or ("leaf",)}
        others = [entry for entry in self._by_position[candidate.position] if entry.leaf.token not in tokens]
        return [f"`{entry.names[0]}`" if entry.names else "a leaf without a name" for entry in others]

    @property
    def _by_position(self) -> Mapping[int, Sequence[BackwardPass]]:
        passes = self.observed.backward_passes
        return self.observed.once(
            "passes by position",
            lambda: {
                position: list(group) for position, group in itertools.groupby(passes, key=lambda entry: entry.position)
            },
        )

    def is_leaf(self, entry: BackwardPass) -> bool:
        """Whether a leaf has the wanted name."""
        return self.matches(self.leaf, entry.names)

    def matches(self, wanted: str | None, names: tuple[str, ...]) -> bool:
        """Whether one of some names is the wanted one, or an alias of it; true where no name is wanted."""
        if wanted is None or reference_in(wanted) is not None:
            return True
        return bool(matching_names(self.names.get(wanted, (wanted,)), names))

    def _may_be(self, role: str, entry: BackwardPass) -> bool:
        """Whether a leaf has one of the names that ``names`` lists for a role; true where it lists none."""
        return role not in self.names or bool(matching_names(self.names[role], entry.names))

    # ----------------------------------------------------------------------------------------------------------------

    def _leave_out(self, entries: Sequence[BackwardPass], why: str) -> None:
        """Note why some passes do not count, if anybody asks for it."""
        if self.notes is None:
            return
        wanted = {"leaf": self.leaf, "through": self.through, "roles": ", ".join(self.roles)}
        for entry in entries:
            noun = f"`{entry.names[0]}`" if entry.names else "the leaf"
            candidate = self._candidate(entry, self._variables(entry, Choice()), noun, {"leaf": entry})
            self.notes.leave_out([candidate], why.format_map(wanted))

    def _candidate(
        self, entry: BackwardPass, variables: Mapping[str, object], noun: str, leaves: Mapping[str, BackwardPass]
    ) -> Candidate:
        objects = objects_of({name: variables[name] for name in ("root", "output", *self.names)})
        objects |= {role: reached.leaf.token for role, reached in leaves.items()}
        called = {role: reached.names[0] for role, reached in leaves.items() if reached.names}
        return Candidate(
            position=entry.position,
            place=entry.event.place,
            variables=variables,
            noun=noun,
            thing=entry.position,  # one pass, whatever roles its leaves are given
            hands=entry.grad_hands if self.reads_grad else entry.hands,
            bound=(Found(position=entry.position, objects=objects),),
            called=called,
            shown_as=", ".join(f"`{name}` as `{role}`" for role, name in called.items() if role != "leaf"),
        )

    def _goes_through(self, entry: BackwardPass) -> bool:
        """Whether the graph goes through the name, or through a call of the function that an earlier check found."""
        if self.through is not None and self.through in self.earlier:
            return bool(self._functions_in(entry, self.earlier[self.through]))
        return self.matches(self.through, entry.event.through)

    def _declared(self, position: int, choice: Choice) -> dict[str, object]:
        """What the declared names were bound to at the time of an event."""
        values = self.observed.names_at(position) if self.names else {}
        return {
            name: next((values[found] for found in bound_names(aliases, values, choice)), missing(aliases))
            for name, aliases in self.names.items()
        }

    def _variables(self, entry: BackwardPass, choice: Choice) -> dict[str, object]:
        event = entry.event
        return self._declared(entry.position, choice) | {
            "leaf": entry.leaf,
            "gradient": _ONE_DIRECTION if entry.gradient is None and event.jvp is not None else entry.gradient,
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
            "custom_function": goes_through_own_function(event.hands),
            "refusals": entry.refusals,
            "trained": entry.trained,
            "root": event.root,
            "output": event.output,
            "weights": entry.weights,
            "mode": event.mode,
            "tangent": entry.tangent,
            "jvp": event.jvp,
            "order": event.order,
            "retain_graph": event.retain_graph,
            "create_graph": event.create_graph,
            "operations": event.operations,
            "affine": event.affine,
            "functions": len(event.functions),
            "branches": self._branches(entry),
            "same_leaf": True,
            "same_through": True,
        }

    def _functions_in(self, entry: BackwardPass, earlier: Verdict) -> Sequence[Found]:
        """The functions that an earlier check found, any of those that passed or else the best, in a pass's graph."""
        return functions_among(earlier, entry.event.functions)

    def _branches(self, entry: BackwardPass) -> int:
        """In how many ways the code of the function ran that an earlier check found; 0 where ``through`` names none."""
        earlier = None if self.through is None else self.earlier.get(self.through)
        found = () if earlier is None else self._functions_in(entry, earlier)
        return max((function.branches for function in found), default=0)


def reads_grad(lines: Iterable[Expression]) -> bool:
    """Whether a line is about ``.grad``, which sums passes, and not only about what one pass computed."""
    lines = list(lines)
    names = frozenset().union(*(line.names for line in lines))
    return bool(names & {"grad", "grad_before"}) or any(
        attribute == "grad" for line in lines for _, attribute in line.attributes
    )

"""Kind ``backward``: a backward pass gave a leaf, or several leaves, the gradient that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import Field, field_serializer, field_validator, model_validator

from grader.judging.candidates import Phrases, decide, passed_over
from grader.judging.checks.base import Check
from grader.judging.checks.leaf_parts import names_of_the_leaf, parts_of_no_role
from grader.judging.checks.yaml_lines import REFERENCE, Expectation, Expr, expectations, lines_of
from grader.judging.context import Context
from grader.judging.found_objects import Choice, Followed, choices, reference_in
from grader.judging.observed import Observed
from grader.judging.passes.all_passes import WORDS, AllPasses, judged_series, mistakes_in
from grader.judging.passes.leaf_histories import LeafHistories
from grader.judging.passes.pass_candidates import PassCandidates, reads_grad
from grader.judging.passes.pass_variables import VALUES, VARIABLES
from grader.judging.passes.reference_passes import ReferencePasses, mistake_in_words
from grader.judging.passes.unfitting_passes import why_no_roles, why_too_wide
from grader.judging.series import JudgedSeriesExaminer
from grader.judging.tracing.notes import CheckNotes
from grader.judging.trials import Candidate
from grader.judging.variable_kinds import VariableKind
from grader.language.expression import Expression
from grader.language.part_names import mistake_in
from grader.language.values import show
from grader.language.yaml_file import Loc
from grader.model import BriefPasses, Probes, Verdict


class BackwardCheck(Check):
    """Looks at every backward pass that raised no error: by ``backward``, ``autograd.grad``, ``torch.func``…"""

    LOOKS_AT_GRADIENTS: ClassVar[bool] = True

    kind: Literal["backward"]
    leaf: str | None = Field(
        default=None,
        description="Only passes that reached a leaf of this name (or of its aliases in `names`), which may be that of "
        "a part of an object, such as `model.weight`; with `check.name`, the leaf that an earlier check found, "
        "whatever it is called.",
    )
    leaves: tuple[str, ...] = Field(
        default=(),
        max_length=4,
        description="Roles for several leaves of one pass, whatever they are called: `leaves: [x, y]` makes `x` (its "
        "value), `x.gradient` and `x.grad` known, and the same for `y`. `given` decides which leaf is which, or "
        "`names`, where it lists names for a role: `names: {w: ['*.weight']}`. A role written as `check.x` is the leaf "
        "that an earlier check found for `x`.",
    )

    only: bool = Field(
        default=False,
        description="`true`: a pass that reaches further leaves, besides `leaf` or `leaves`, does not count.",
    )

    every: tuple[Expr, ...] = Field(
        default=(),
        description="What must hold at every pass that meets `given`, over the same leaf: an expression, or a list. "
        "Beside it, or beside `never`, `next` and `steps`, `expect` and `holds` are about all of these passes, too.",
    )
    never: tuple[Expr, ...] = Field(
        default=(), description="What must hold at none of these passes: an expression, or a list of expressions."
    )
    next: tuple[Expectation, ...] = Field(
        default=(),
        description="The value of the leaf at the following pass, or at the end: `{leaf: leaf - 0.1 * gradient}`.",
    )
    steps: Expr | None = Field(
        default=None,
        description="How many of these passes there must be: a number, or a condition such as `steps >= 10`.",
    )

    WANTED_WORDS: ClassVar[frozenset[str]] = frozenset({REFERENCE})

    VARIABLES: ClassVar[Mapping[str, str]] = VARIABLES
    PARTS: ClassVar[frozenset[str] | None] = frozenset({"gradient", "tangent"})
    VALUES: ClassVar[Mapping[str, VariableKind]] = VALUES
    RUBRIC_ONLY: ClassVar[frozenset[str]] = frozenset({"same_leaf", "same_through", "raised", "refused"})

    @field_validator("leaf")
    @classmethod
    def _is_a_name(cls, leaf: str | None) -> str | None:
        if leaf is not None and reference_in(leaf) is None and (wrong := mistake_in(leaf)):
            raise ValueError(wrong)
        return leaf

    @model_validator(mode="after")
    def _leaf_or_leaves(self) -> BackwardCheck:
        if self.leaf is not None and self.leaves:
            raise ValueError("give `leaf` (one name) or `leaves` (roles), not both")
        if len(set(self._roles)) < len(self.leaves):
            raise ValueError("every role in `leaves` needs a name of its own")
        wanted = {observed.text: wanted.text for observed, wanted in self.expect}
        if mistake := mistakes_in(self._of_all, self._roles, wanted):
            raise ValueError(mistake)
        return self

    @field_validator("every", "never", mode="before", json_schema_input_type=Expr | list[Expr])
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return lines_of(value)

    @field_validator("next", mode="plain", json_schema_input_type=dict[str, Expr])
    @classmethod
    def _values_at_the_next(cls, value: object) -> tuple[Expectation, ...]:
        return expectations(value, "`leaf: wanted` lines such as `leaf: leaf - 0.1 * gradient`")

    @field_serializer("next")
    def _next_as_mapping(self, pairs: tuple[Expectation, ...]) -> dict[str, str]:
        return {observed.text: wanted.text for observed, wanted in pairs}

    @property
    def _of_all(self) -> AllPasses:
        return AllPasses(every=self.every, never=self.never, next_values=self.next, steps=self.steps)

    @property
    def _roles(self) -> tuple[str, ...]:
        return tuple(reference.name if (reference := reference_in(role)) else role for role in self.leaves)

    def variables(self) -> frozenset[str]:
        counted = {"steps"} if self.steps is not None else set()
        return super().variables() | set(self._roles) | counted

    def expressions(self) -> Iterator[tuple[Loc, Expression]]:
        yield from super().expressions()
        yield from ((("every", index), line) for index, line in enumerate(self.every))
        yield from ((("never", index), line) for index, line in enumerate(self.never))
        for observed, wanted in self.next:
            yield from ((("next", observed.text), line) for line in (observed, wanted) if line.names)
        if self.steps is not None and self.steps.names:
            yield ("steps",), self.steps

    def wrong_parts(self, line: Expression) -> Iterator[str]:
        wrong = list(super().wrong_parts(line))
        yield from wrong or parts_of_no_role(line, self._roles, self.leaf)

    def instead_of(self) -> Mapping[str, str]:
        return names_of_the_leaf(self.leaf)

    def _may_be_declared(self) -> frozenset[str]:
        return frozenset(self.leaves)

    def binds(self) -> frozenset[str]:
        leaves = self._roles or ("leaf",)
        return frozenset({*leaves, *self.names, "root", "output"})

    def references(self) -> Iterator[tuple[Loc, str]]:
        yield from super().references()
        if self.leaf is not None:
            yield ("leaf",), self.leaf
        yield from ((("leaves", index), role) for index, role in enumerate(self.leaves))

    def probes(self, exercise: str, seed: int) -> Probes:
        return replace(self.watch_names(besides=(self.leaf, self.through)), steps=bool(self.next))

    def judge(self, context: Context) -> Verdict:
        observed = context.subject.observed
        passes = replace(self._candidates_of(observed, context.earlier), notes=context.notes)
        narrowed = self.leaf is not None or self.through is not None
        named = passes.fitting(observed.backward_passes if narrowed else observed.typical_backward_passes)
        if context.notes is not None and not narrowed:
            passes.fitting([entry for entry in observed.backward_passes if entry.event.stale])
        chosen = choices((text for _, text in self.references()), context.earlier, after=self.after)
        followed = Followed(chosen, through=self.through, leaves=self.leaves or (self.leaf,))
        candidates: Sequence[Candidate] = list(passes.of(named, followed))
        if self.wants_reference() and context.reference is not None:
            reference = self._reference_passes(context, context.reference)
            mistake, place = mistake_in_words(reference, self, context.subject)
            if mistake:
                return Verdict(check=self.id, status="error", message=mistake, place=place)
            candidates = [reference.beside(candidate) for candidate in candidates]
        after = context.position_of(self.after) if self.after else None
        others = list(passes.others(named, chosen, followed, after=after))
        wide = [one for one in candidates if passes.reached_besides(one)] if self.only else []
        if context.notes is not None:
            self._note_left_out(context.notes, passes, wide, others)
        phrases = self._phrases(context, self._seen(passes))
        if not candidates and (why := why_no_roles(passes, named, context.subject)):
            phrases = replace(phrases, nothing=f"{phrases.nothing} {why}", seen=0)
        if not wide:
            return self._decided(candidates, others, context, phrases)
        counting = [one for one in candidates if not passes.reached_besides(one)]
        if not counting and (why := why_too_wide(passes, wide, context.subject)):
            phrases = replace(phrases, nothing=f"{phrases.nothing} {why}", seen=0)
        verdict = self._decided(counting, [*wide, *others], context, phrases)
        return verdict if verdict.status != "failed" else self._too_wide(wide, passes, context, phrases) or verdict

    def _note_left_out(
        self, notes: CheckNotes, passes: PassCandidates, wide: Sequence[Candidate], others: Sequence[Candidate]
    ) -> None:
        """Note the passes that do not count: those that reached too much, raised, or are about other objects."""
        for one in wide:
            notes.leave_out([one], f"`only`: it also reached {' and '.join(passes.reached_besides(one))}")
        for one in others:
            if "refused" in one.variables:
                family = one.variables["raised"]
                notes.leave_out([one], f"it raised an error{f' ({family})' if family else ''}; `raises` looks at those")
            elif "gradient" in one.variables:
                notes.leave_out([one], "it is about another object than the one that an earlier check found")

    def _decided(
        self, candidates: Sequence[Candidate], others: Sequence[Candidate], context: Context, phrases: Phrases
    ) -> Verdict:
        """The verdict on one pass, or on all passes over the same leaves where something is asked of all."""
        if not self._of_all.is_asked:
            return decide(self, context, candidates, phrases, others)
        observed = context.subject.observed
        histories = observed.once(LeafHistories, lambda: LeafHistories(observed.events, observed.backward_passes))
        judged = judged_series(self, self._of_all, candidates, self._roles, histories, context)
        examiner = JudgedSeriesExaminer(judged)
        seen = max(phrases.seen, len({candidate.position for candidate in candidates}))
        phrases = replace(phrases, passed=lambda candidate: examiner.of(candidate).passed(*WORDS), seen=seen)
        return decide(self, context, [one.candidate for one in judged], phrases, others, examiner)

    def _too_wide(
        self, wide: Sequence[Candidate], passes: PassCandidates, context: Context, phrases: Phrases
    ) -> Verdict | None:
        """The verdict where passes would be right but for the further leaves that they reached; None: there is none."""
        verdict = self._decided(wide, (), replace(context, notes=None), phrases)
        if verdict.status != "passed":
            return None
        best = next(candidate for candidate in wide if candidate.bound[0] in verdict.bound)
        further = passes.reached_besides(best)
        lines = max(1, len(self.expect) + len(self.holds) + self._of_all.lines)
        it = further[0] if len(further) == 1 else "each of them"
        gave = "Backward passes" if self._of_all.is_asked else "A backward pass"
        message = (
            f"{gave} gave {best.noun} the right gradient, but {'they' if self._of_all.is_asked else 'it'} also reached "
            f"{' and '.join(further)}, and nothing else should have been differentiated here. Does {it} have to "
            "require a gradient?"
        )
        return replace(
            verdict,
            status="failed",
            message=message,
            position=None,
            bound=(),
            share=lines / (lines + 1),
            evidence=False,
        )

    def _reference_passes(self, context: Context, reference: Observed) -> ReferencePasses:
        """The reference's passes, read once, since they do not depend on the submission. Which objects earlier checks
        found in it is not known, so only names and ``given`` tell which passes are meant.
        """

        def read() -> ReferencePasses:
            is_check = self.through in context.earlier
            return ReferencePasses(self, self.candidates_of_reference(reference, is_check=is_check))

        return reference.once((context.exercise, self.id), read)

    def candidates_of_reference(self, reference: Observed, *, is_check: bool) -> Iterator[Candidate]:
        """The passes of the reference that a submission may be compared with, if they meet ``given``. ``is_check``:
        ``through`` names an earlier check.
        """
        passes = replace(self._candidates_of(reference, {}), through=None if is_check else self.through)
        followed = Followed([Choice()], through=None, leaves=())
        return passes.of(passes.fitting(reference.backward_passes), followed)

    def _candidates_of(self, observed: Observed, earlier: Mapping[str, Verdict]) -> PassCandidates:
        return PassCandidates(
            observed=observed,
            leaf=self.leaf,
            roles=self._roles,
            names=self.names,
            through=self.through,
            reads_grad=self._reads_grad,
            earlier=earlier,
        )

    @cached_property
    def _reads_grad(self) -> bool:
        return reads_grad(line for _, line in self.expressions())

    def _seen(self, passes: PassCandidates) -> int:
        """How many passes were seen where some are recorded in brief; 0 where none is, or only some may count."""
        brief = [event for event in passes.observed.events if isinstance(event, BriefPasses)]
        if not brief or self.after or self.through is not None or (self.leaf is not None and reference_in(self.leaf)):
            return 0
        in_full = len({entry.position for entry in passes.observed.backward_passes if passes.is_leaf(entry)})
        return in_full + sum(self._count_in(event, passes) for event in brief)

    def _count_in(self, event: BriefPasses, passes: PassCandidates) -> int:
        """How many passes in brief reached a leaf of the wanted name."""
        reached = [any(passes.matches(self.leaf, leaf.names) for leaf in line.leaves) for line in event.lines]
        return 0 if event.sequence.data is None else sum(reached[line] for line in event.sequence.data.tolist())

    def _phrases(self, context: Context, seen: int) -> Phrases:
        nothing_else = " and nothing else" if self.only else ""
        conditions = [f"reached {_in_words(self.leaf)}{nothing_else}"] if self.leaf else []
        if self.through:
            through = "your function" if self.through in context.earlier else _in_words(self.through)
            conditions.append(f"went through {through}")
        named = f" that {' and '.join(conditions)}" if conditions else ""
        stale = {name: None for entry in context.subject.observed.backward_passes for name in entry.event.stale_names}
        return Phrases(
            thing="backward pass that worked",
            things="backward passes that worked",
            nothing=f"No backward pass{named} does what is asked for.{passed_over(stale)}",
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
    texts = {name: candidate.variables.get(name) for name in sorted(line.names)}
    said = [f"`{name}` is {show(found)}" for name, found in texts.items() if isinstance(found, str | tuple)]
    here = f": {' and '.join(said)}" if said else ""
    return f"A backward pass that reached {candidate.noun} comes close, but `{line.text}` does not hold{here}."

"""Kind ``steps``: every step of a training loop did what it should, by an optimiser or by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from grader.judging.candidates import Phrases, decide
from grader.judging.checks.base import Check
from grader.judging.checks.leaf_parts import names_of_the_leaf, parts_of_no_role
from grader.judging.checks.yaml_lines import REFERENCE, Expr, lines_of
from grader.judging.context import Context
from grader.judging.observed import Observed
from grader.judging.series import (
    Asked,
    JudgedSeries,
    JudgedSeriesExaminer,
    Moment,
    SeriesResult,
    judge_series,
    trial_of,
)
from grader.judging.steps.asked_sizes import sizes_asked
from grader.judging.steps.explained_steps import STEPPED_INSIDE, explain_step, moved, never_changed, why_wrong
from grader.judging.steps.loop_moments import LoopMoments, objects_after
from grader.judging.steps.reached_leaves import find_loops
from grader.judging.steps.reference_steps import ReferenceSteps
from grader.judging.steps.step_variables import OF_LEAF, VARIABLES
from grader.judging.steps.training_loops import TrainingLoop
from grader.judging.tracing.series_notes import SeriesNotes
from grader.judging.trials import Candidate, tolerance_of
from grader.judging.variable_kinds import COUNT, FLAG, NUMBERS, WORD, Count, VariableKind
from grader.language.closeness import Tolerance
from grader.language.expression import Expression
from grader.language.yaml_file import Loc
from grader.model import Found, Probes, TrainingStep, Verdict
from grader.text import as_sentence

MAX_ROLES = 4
_CHANGED_BY_HANDS = frozenset({"leaf", "after", "gradient", "grad", "gradient_norm", "previous_change"})


class StepsCheck(Check):
    """Looks at every training loop: how leaves of backward passes get new values, step by step."""

    LOOKS_AT_GRADIENTS: ClassVar[bool] = True
    PARTS: ClassVar[frozenset[str] | None] = frozenset({"after", "gradient", "passes", "previous_change", "was_zeroed"})
    WANTED_WORDS: ClassVar[frozenset[str]] = frozenset({REFERENCE})
    VARIABLES: ClassVar[Mapping[str, str]] = VARIABLES
    VALUES: ClassVar[Mapping[str, VariableKind]] = {
        **dict.fromkeys(("leaf", "after", "gradient", "grad", "previous_change"), NUMBERS),
        **dict.fromkeys(("loss", "next_loss", "first_loss", "last_loss", "loss_falls", "gradient_norm"), NUMBERS),
        **dict.fromkeys(("passes", "number", "unmoved"), COUNT),
        "steps": Count(least=1),
        "moved": Count(least=1),
        "was_zeroed": FLAG,
        "optimizer": WORD,
    }
    IGNORES: ClassVar[Mapping[str, str]] = {"through": "a step has no graph; `backward` looks at graphs"}

    kind: Literal["steps"]
    leaf: str | None = Field(
        default=None,
        description="Only the steps of leaves of this name (or of its aliases in `names`). Left out: of all leaves.",
    )
    leaves: tuple[str, ...] = Field(
        default=(),
        max_length=MAX_ROLES,
        description="Roles for several leaves of one loop, whatever they are called: `leaves: [w, b]` makes `w` (its "
        "value before the step), `w.after`, `w.gradient`, `w.grad`, `w.passes`, `w.was_zeroed` and "
        "`w.previous_change` known, and the same for `b`. `given` decides which leaf is which, or `names`, where it "
        "lists names for a role: `names: {w: ['*.weight']}`.",
    )
    first: tuple[Expr, ...] = Field(
        default=(),
        description="What must hold at the first step: an expression, or a list of expressions, such as "
        "`[w == 0, b == 0]` for where a loop begins.",
    )
    every: tuple[Expr, ...] = Field(
        default=(), description="What must hold at every step: an expression, or a list of expressions."
    )
    never: tuple[Expr, ...] = Field(
        default=(), description="What must hold at no step: an expression, or a list of expressions."
    )
    holds: tuple[Expr, ...] = Field(
        default=(),
        description="What must hold of the loop as a whole, at its last step: `steps == 10`, `last_loss < 0.1`.",
    )

    @field_validator("first", "every", "never", mode="before", json_schema_input_type=Expr | list[Expr])
    @classmethod
    def _one_or_several(cls, value: object) -> object:
        return lines_of(value)

    @model_validator(mode="after")
    def _asks_for_something(self) -> StepsCheck:
        if self.leaf is not None and self.leaves:
            raise ValueError("give `leaf` (one name) or `leaves` (roles), not both")
        if len(set(self.leaves)) < len(self.leaves):
            raise ValueError("every role in `leaves` needs a name of its own")
        if not self._asked.lines:
            raise ValueError(
                "this asks nothing of the steps; add `expect`, `first`, `every`, `never` or `holds`, for example "
                "`expect: {after: leaf - 0.1 * gradient}`"
            )
        for observed, wanted in self.expect:
            if (observed.text, wanted.text) in {("after", "leaf"), *((f"{role}.after", role) for role in self.leaves)}:
                raise ValueError(
                    f"`{observed.text}: {wanted.text}` asks that nothing changes, and a loop in which nothing changes "
                    f"shows nothing; of some leaves, say so with `every: {observed.text} == {wanted.text} or …`"
                )
        return self

    def variables(self) -> frozenset[str]:
        known = super().variables()
        return known - OF_LEAF | set(self.leaves) if self.leaves else known

    def wrong_parts(self, line: Expression) -> Iterator[str]:
        wrong = list(super().wrong_parts(line))
        yield from wrong or parts_of_no_role(line, self.leaves, self.leaf)

    def instead_of(self) -> Mapping[str, str]:
        if not self.leaves:
            return names_of_the_leaf(self.leaf)
        role = self.leaves[0]
        of_role = {name: f"with `leaves`, `{name}` is asked of a role: write `{role}.{name}`" for name in OF_LEAF}
        return of_role | {"leaf": f"with `leaves`, there is no `leaf`: write the role, such as `{role}`"}

    def expressions(self) -> Iterator[tuple[Loc, Expression]]:
        yield from super().expressions()
        yield from ((("first", index), line) for index, line in enumerate(self.first))
        yield from ((("every", index), line) for index, line in enumerate(self.every))
        yield from ((("never", index), line) for index, line in enumerate(self.never))

    def _may_be_declared(self) -> frozenset[str]:
        return frozenset(self.leaves)

    def binds(self) -> frozenset[str]:
        return frozenset(self.leaves or ("leaf",))

    def probes(self, exercise: str, seed: int) -> Probes:
        return replace(self.watch_names(besides=(self.leaf,)), steps=True)

    def judge(self, context: Context) -> Verdict:
        observed = context.subject.observed
        loops = observed.once(find_loops, lambda: find_loops(observed.events))
        # Most loops of a file with many exercises have leaves of other sizes, which all their steps have.
        fits = self._may_fit if context.notes is None and self._about_sizes else None
        judged = [
            one
            for loop in loops
            for moments in self._moments_in(observed).of(loop, fits)
            if (one := self._judged(loop, moments, context)) is not None
        ]
        examiner = JudgedSeriesExaminer(judged)
        phrases = Phrases(
            thing="training loop",
            things="training loops",
            nothing=self._nothing(context),
            passed=lambda candidate: examiner.of(candidate).passed("step", "steps"),
            broken=lambda candidate, line: f"`{line.text}` does not hold.",
            says_why=True,
        )
        verdict = decide(self, context, [one.candidate for one in judged], phrases, examiner=examiner)
        if verdict.status == "manual":
            at = verdict.best_position
            doubts = (one.doubt for one in judged if one.doubt and one.may_pass and one.candidate.position == at)
            return replace(verdict, message=next(doubts, verdict.message))
        return verdict

    # ----------------------------------------------------------------------------------------------------------------

    def _moments_in(self, observed: Observed) -> LoopMoments:
        return LoopMoments(observed=observed, leaf=self.leaf, roles=self.leaves, names=self.names)

    @cached_property
    def _about_sizes(self) -> tuple[Expression, ...]:
        """The conditions in ``given`` that only ask for the sizes of leaves, which are the same at all steps."""
        return tuple(part for line in self.given for part in sizes_asked(line, self.leaves))

    def _may_fit(self, moment: Moment) -> bool:
        return self._meets(moment, self._about_sizes)

    @property
    def _asked(self) -> Asked:
        return Asked(expect=self.expect, first=self.first, every=self.every, never=self.never, holds=self.holds)

    @property
    def _reads_values(self) -> bool:
        """Whether a line reads what a hand in a pass can change: gradients, and what comes of them."""
        return any(line.reads(name) for _, line in self.expressions() for name in _CHANGED_BY_HANDS)

    @property
    def _reads_steps(self) -> bool:
        """Whether a line says how many steps there should be, so that one may be enough."""
        return any("steps" in line.names for _, line in self.expressions())

    def _judged(self, loop: TrainingLoop, moments: Sequence[Moment], context: Context) -> JudgedSeries | None:
        """The result of a loop, or None where no step meets ``given``."""
        if not moments:
            return None
        first = moments[0]
        plain = Candidate(position=first.position, place=first.place, variables=first.variables)
        tolerance = tolerance_of(self, plain)
        if self.wants_reference() and context.reference is not None:
            moments = self._reference_steps(context, context.reference).beside(moments, tolerance)
        notes = None if context.notes is None else SeriesNotes("step")
        counting = []
        for moment in moments:
            if all(line.holds(moment.variables, tolerance=tolerance) for line in self.given):
                counting.append(moment)
            elif notes is not None:
                answers = [line.holds(moment.variables, tolerance=tolerance) for line in self.given]
                notes.skip(moment, self.given, answers, tolerance)
        unknown = not counting and any(
            all(
                line.holds(moment.variables, tolerance=tolerance)
                or line.is_unrecorded(moment.variables, tolerance=tolerance)
                for line in self.given
            )
            for moment in moments
        )
        explain = partial(explain_step, tolerance=tolerance)
        result = judge_series(counting, self._asked, tolerance, explain, notes)
        doubt = ""
        if counting:
            for other in () if self.leaves else loop.beside:
                for beside in self._moments_in(context.subject.observed).of(other):
                    result.add(self._judged_beside(beside, self._asked.without_end(), context, tolerance, notes))
            still = self._moments_in(context.subject.observed).still(loop)
            of_still = self._judged_beside(still, self._asked.reading("after"), context, tolerance, notes)
            surely = [wrong for wrong in of_still.wrong if self.wants_reference() or loop.is_cleared(wrong.moment.part)]
            if of_still.wrong and not surely:
                doubt = never_changed(of_still.wrong[0].moment)
            else:
                result.add(of_still)
        said = ""
        if result.wrong and any(step.event.inside_pass for step in loop.steps):
            doubt = STEPPED_INSIDE
        elif counting:
            is_enough = loop.count > 1 or self._reads_steps
            has_moved = moved(counting, tolerance)
            said = why_wrong(
                ("step", "steps"),
                loop.count,
                {moment.number for moment in moments},
                result,
                context.subject.submission,
                is_enough=is_enough,
                has_moved=has_moved,
            )
        shown = result.wrong[0].moment if result.wrong else (counting or moments)[-1]
        candidate = Candidate(
            position=loop.steps[-1].position,
            place=shown.place,
            variables=shown.variables,
            noun=shown.noun,
            thing=tuple(step.position for step in loop.steps[:1]),
            hands=loop.hands if self._reads_values else (),
            bound=(Found(position=loop.steps[-1].position, objects=objects_after(moments, self.leaves)),),
        )
        if notes is not None and context.notes is not None:
            context.notes.of(candidate).parts = notes.parts
        trial = None
        if counting and (said or not doubt):
            named = sum(role == name for role, name in first.called.items())
            trial = trial_of(candidate, result, self._asked, said, named=named)
        may_pass = unknown or (bool(doubt) and not said) or (bool(counting) and result.unknown and not result.wrong)
        return JudgedSeries(
            candidate=candidate,
            trial=trial,
            may_pass=may_pass,
            result=result,
            doubt=doubt,
            count=loop.count,
            recorded=len(loop.steps) - len(result.unrecorded - result.looked_at),
        )

    def _judged_beside(
        self,
        moments: Sequence[Moment],
        asked: Asked,
        context: Context,
        tolerance: Tolerance | None,
        notes: SeriesNotes | None,
    ) -> SeriesResult:
        """The result of leaves that belong to a loop besides its own. Those that the reference does not have are
        nothing that ``reference`` is about.
        """
        if self.wants_reference() and context.reference is not None:
            beside = self._reference_steps(context, context.reference).beside(moments, tolerance)
            moments = [moment for moment in beside if moment.reference is not None]
        counting = [moment for moment in moments if self._counts(moment)]
        return judge_series(counting, asked, tolerance, partial(explain_step, tolerance=tolerance), notes)

    def _reference_steps(self, context: Context, reference: Observed) -> ReferenceSteps:
        """The steps of the reference, read once, since they do not depend on the submission."""

        def read() -> ReferenceSteps:
            loops = reference.once(find_loops, lambda: find_loops(reference.events))
            made = self._moments_in(reference)
            ways = [moments for loop in loops for moments in made.of(loop)] + [made.still(loop) for loop in loops]
            counting = ([one for one in moments if self._counts(one)] for moments in ways)
            return ReferenceSteps(counting, self.expect)

        return reference.once((context.exercise, self.id, "steps"), read)

    def _counts(self, moment: Moment) -> bool:
        """Whether a step meets ``given``."""
        return self._meets(moment, self.given)

    def _meets(self, moment: Moment, lines: Sequence[Expression]) -> bool:
        plain = Candidate(position=moment.position, place=moment.place, variables=moment.variables)
        tolerance = tolerance_of(self, plain)
        return all(line.holds(moment.variables, tolerance=tolerance) for line in lines)

    def _nothing(self, context: Context) -> str:
        if self.after and context.position_of(self.after) is None:
            return "What has to come first was not found, so there was nothing to look for after it."
        of = f" of `{self.leaf}`" if self.leaf else ""
        if any(isinstance(event, TrainingStep) for event in context.subject.observed.events):
            return as_sentence(f"No training loop{of} does what is asked for")
        return (
            f"No step{of} was seen: nothing changed the value of a tensor that requires grad after a backward pass had "
            "reached it."
        )

"""``MutantsProof``: how many mutants of its reference solution each exercise catches."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from grader.course.course import Course, CourseExercise
from grader.course.explained_mutants import MUTANTS, ExplainedMutants, read_explained_mutants
from grader.errors import Mistake, SubmissionError
from grader.language.yaml_file import shown
from grader.model import Finding, MutantResult, Mutation, ProofResult
from grader.workbench.mutants.make import LIMIT, Mutant, chosen, make_mutants
from grader.workbench.mutants.operators import OPERATORS
from grader.workbench.mutants.reference import RecordedReference, RecordReference
from grader.workbench.mutants.solution import read_solution
from grader.workbench.mutants.tried import TriedMutant, TryMutant, timeout_for
from grader.workbench.mutants.words import ABOUT, Answers
from grader.workbench.proof import Proof
from grader.workbench.work import Work

_ABOUT = {**{operator.name: operator.about for operator in OPERATORS}, **ABOUT}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The mutants of an exercise: all that can be made, and those that are tried, each with its work."""

    made: tuple[Mutant, ...]
    tried: tuple[tuple[Mutant, TryMutant], ...]


class MutantsProof(Proof):
    """Changes the references the way learners go wrong, and looks whether the exercises notice."""

    NAME: ClassVar[str] = "mutants"
    HEADING: ClassVar[str] = "Mutants"

    def __init__(self, *, limit: int = LIMIT, only: Iterable[str] = ()) -> None:
        """``limit``: how many mutants of each reference are tried. ``only``: names of mutants; none: all."""
        self._limit = limit
        self._only = frozenset(only)
        self._planned: dict[str, Planned] = {}

    def plan(self, course: Course, chosen: Sequence[CourseExercise]) -> Iterable[Work]:
        return [RecordReference(exercise=item.exercise.id) for item in chosen if _has_solution(item)]

    def plan_more(
        self, course: Course, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]
    ) -> Iterable[Work]:
        return [work for item in chosen for _, work in self.planned(item, results).tried]

    def planned(self, item: CourseExercise, results: Mapping[Work, Any]) -> Planned:
        """The mutants of an exercise, by what was recorded of its reference; none where that does not pass."""
        identity = item.exercise.id
        if identity not in self._planned:
            recorded: RecordedReference | None = results.get(RecordReference(exercise=identity))
            passes = recorded is not None and recorded.passes
            self._planned[identity] = self._plan(item, recorded) if passes and recorded else Planned(made=(), tried=())
        return self._planned[identity]

    def _plan(self, item: CourseExercise, recorded: RecordedReference) -> Planned:
        made = made_of(item, recorded)
        tried = [each for each in made if each.name in self._only] if self._only else chosen(made, self._limit)
        return Planned(
            made=made,
            tried=tuple(
                (
                    each,
                    TryMutant(
                        exercise=item.exercise.id,
                        text=each.content.decode(),
                        wanted=recorded.verdicts,
                        timeout_s=timeout_for(recorded.duration_s),
                        words_only=each.operator in ABOUT,
                    ),
                )
                for each in tried
            ),
        )

    def mutations(self, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]) -> Iterator[Mutation]:
        """What became of the mutants of each exercise that has any."""
        for item in chosen:
            if self.planned(item, results).tried:
                yield _mutation(item, self.planned(item, results), explained(item), results)

    def mistakes(self, item: CourseExercise, results: Mapping[Work, Any]) -> tuple[list[Mistake], list[Mistake]]:
        """The lines of an exercise's ``mutants.yaml`` that are wrong, and those that are not needed any more."""
        if not _has_solution(item):  # then it may have no folder of known submissions either
            return [], []
        planned = self.planned(item, results)
        reasons, wrong = read_explained_mutants(_folder(item))
        if not planned.made:
            return list(wrong), []
        stale = list(reasons.stale(mutant.name for mutant in planned.made))
        tried = {mutant.name for mutant, _ in planned.tried}
        survived = [mutant.name for mutant, work in planned.tried if not results[work].caught]
        untried = [mutant.name for mutant in planned.made if mutant.name not in tried]
        gone = {mistake.line for mistake in stale}
        needless = [mistake for mistake in reasons.needless(survived, untried) if mistake.line not in gone]
        return [*wrong, *stale], needless

    def conclude(
        self, course: Course, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]
    ) -> Iterator[ProofResult]:
        mutations = {mutation.exercise: mutation for mutation in self.mutations(chosen, results)}
        for item in chosen:
            mutation = mutations.get(item.exercise.id)
            wrong, needless = self.mistakes(item, results)
            findings = [
                *(Finding(severity="error", text=each.text, path=each.path, line=each.line) for each in wrong),
                *(Finding(severity="note", text=each.text, path=each.path, line=each.line) for each in needless),
            ]
            if mutation is not None:
                findings += (_survived(item, mutant) for mutant in mutation.having("survived"))
            figures = {} if mutation is None else figures_of(mutation)
            tried = 0 if mutation is None else len(mutation.mutants)
            if findings or tried:
                yield ProofResult(
                    proof=self.NAME,
                    exercise=item.exercise.id,
                    findings=tuple(findings),
                    figures=figures,
                    cell="" if mutation is None else f"{len(mutation.having('caught'))}/{mutation.wrong}",
                    tried=tried,
                )


def about(operator: str) -> str:
    """What an operator does, in words."""
    return _ABOUT[operator]


def figures_of(mutation: Mutation) -> Mapping[str, float]:
    figures: dict[str, float] = {
        "mutants": len(mutation.mutants),
        **{state: len(mutation.having(state)) for state in ("caught", "survived", "explained", "equivalent")},
    }
    if mutation.score is not None:
        figures["score"] = mutation.score
    return figures


def made_of(item: CourseExercise, recorded: RecordedReference) -> tuple[Mutant, ...]:
    """All mutants of an exercise's reference solution."""
    try:
        solution = read_solution(item.solution.read_bytes(), str(item.solution))
    except SubmissionError:
        return ()
    ways = [way for check in item.exercise.checks for way in check.ways()]
    answers = [way for way in ways if way.kind == "answer"]
    options: dict[str, str] = {}
    for way in answers:
        options |= {question: str(option) for question, option in dict(getattr(way, "choose", None) or {}).items()}
    return make_mutants(
        solution,
        recorded.cells,
        prints_count=any(way.kind == "output" for way in ways),
        answers=Answers(options=options, notes=bool(answers)),
        starter=item.starter,
    )


def _folder(item: CourseExercise) -> Path:
    """Where mutants of the reference are explained: in the course itself, or in that which the reference is of."""
    for known in item.known:
        if (known.path / MUTANTS).exists():
            return known.path
        if known.path.parents[1] == item.solution.parent:
            break
    return item.known[0].path


def explained(item: CourseExercise) -> ExplainedMutants:
    """The explained mutants of an exercise, without lines that have mistakes, which are reported elsewhere."""
    return read_explained_mutants(_folder(item))[0]


def _mutation(
    item: CourseExercise, planned: Planned, reasons: ExplainedMutants, results: Mapping[Work, Any]
) -> Mutation:
    return Mutation(
        exercise=item.exercise.id,
        solution=str(shown(item.solution)),
        made=len(planned.made),
        mutants=tuple(_result(item, mutant, results[work], reasons) for mutant, work in planned.tried),
        checks=tuple(check.id for check in item.exercise.checks),
    )


def _result(item: CourseExercise, mutant: Mutant, tried: TriedMutant, reasons: ExplainedMutants) -> MutantResult:
    reason = reasons.reason_for(mutant.name)
    state, why = (
        ("caught", "")
        if tried.caught
        else ("equivalent", _why_equivalent(tried))
        if not tried.differs_in
        else ("explained", reason)
        if reason is not None
        else ("survived", f"It differs from the reference in {tried.differs_in}, and gets what the reference gets.")
    )
    return MutantResult(
        name=mutant.name,
        operator=mutant.operator,
        about=_ABOUT[mutant.operator],
        cell=mutant.cell,
        line=mutant.line,
        diff=diff_of(mutant, item),
        state=state,  # type: ignore[arg-type]  # one of the literals above
        caught_by=tried.caught_by,
        reason=why or "",
        timed_out=tried.timed_out,
    )


def _why_equivalent(tried: TriedMutant) -> str:
    calls = f" and in {tried.inputs} calls with hidden inputs" if tried.inputs else ""
    return f"It did what the reference did in 3 runs under other seeds{calls}; only time and words were not compared."


def diff_of(mutant: Mutant, item: CourseExercise) -> str:
    """The change as a unified diff, with a line before and after."""
    name = str(shown(item.solution)) if mutant.cell is None else f"{shown(item.solution)}, code cell {mutant.cell}"
    lines = difflib.unified_diff(mutant.before.split("\n"), mutant.after.split("\n"), name, "mutant", n=1, lineterm="")
    return "\n".join(lines)


def _survived(item: CourseExercise, mutant: MutantResult) -> Finding:
    return Finding(
        severity="warning",
        text=f"The mutant `{mutant.name}` gets full marks ({mutant.about}). {mutant.reason} "
        f"Have a check notice it, or say why it is right in {shown(_folder(item) / MUTANTS)}.",
        path=item.solution,
        line=mutant.line if mutant.cell is None else None,
        detail=mutant.diff,
    )


def _has_solution(item: CourseExercise) -> bool:
    return not item.mistakes and not item.is_recorded

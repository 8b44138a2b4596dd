"""What is wrong with an exercise that cannot be graded, in words for the instructor: its reference solution does not
pass, or its files have mistakes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course.course import CourseExercise
from grader.errors import GraderError, ReferenceError, SandboxError
from grader.judging.foreign_hands import ALLOWED
from grader.judging.locations import location_of
from grader.judging.run.run_summary import summarize_run
from grader.language.yaml_file import shown
from grader.model import Audience, Location, Observation, Outcome, Submission, Verdict
from grader.text import count, shorten

MAX_ERRORS = 3
"""Uncaught errors that are named; later ones often follow from the first."""
MAX_TEXT = 300
"""Characters of an error's message, or of a value."""
STAFF_ONLY = " `--audience staff` says why."
_BY_A_CHECK = "This is an error of the grader, or of the package that a check comes from."
_ALLOW = f" If the exercise asks for that, say so in the check: `allow`, with some of {', '.join(ALLOWED)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenReference:
    """Why an exercise cannot be graded: its reference solution fails, or cannot be judged."""

    exercise: str
    """The exercise's id."""
    reason: str
    """The first thing that is wrong, with file and line, on one line, without expected values and without checks that
    are not public: students may see it.
    """
    details: str
    """Everything that is wrong, in several lines, as far as whoever grades may see it."""
    line: int | None = None
    """The line of the solution that ``reason`` is about; None if it is about no single line."""
    timed_out: bool = False
    """It used up its time, or most of it: perhaps the machine was busy."""
    ran_out_of_time: bool = False
    """It was stopped at its time limit. That may be the machine's fault, so nobody else has to wait until it is mended:
    its exercise is an error, and the others are graded.
    """
    by_grader: bool = False
    """The grader, or a package with a kind of check, failed; the solution may be right."""
    unfinished: bool = False
    """Mistakes in the exercise's files: somebody may still be writing it. Where it was not asked for, the others are
    graded.
    """

    @property
    def in_report(self) -> str:
        """Why the exercise was not graded, for the report of a submission."""
        if self.by_grader:
            return self.reason
        if self.unfinished:
            return (
                "It could not be graded, because the exercise's own files in the course are not right. That is no "
                f"mistake in the submission. {self.reason}"
            )
        return (
            "It could not be graded, because the course's own reference solution fails this exercise. That is a "
            f"mistake in the course, not in the submission. {self.reason}"
        )


def find_failure(
    item: CourseExercise,
    solution: Submission,
    observation: Observation,
    verdicts: Iterable[Verdict],
    *,
    wall_s: float,
    audience: Audience,
) -> BrokenReference | None:
    """What is wrong with a reference that was run and judged; None: it passes. ``wall_s``: the limit of its run.
    ``audience``: whom the details are for.
    """
    failed = [verdict for verdict in verdicts if verdict.status not in ("passed", "manual") or verdict.withheld]
    # Its author meant the lines that Python cannot read to run, also where the others do all that is asked for.
    if not failed and not any(cell.broken_statements for cell in solution.cells):
        return None
    errors = [*_errors(solution, observation)]
    if observation.outcome not in (Outcome.COMPLETED, Outcome.FAILED):
        detail = f": {observation.detail.rstrip('.')}" if observation.detail else ""
        words = f"its run ended as `{observation.outcome}`{detail}."
        more = f" It may run for {wall_s:g} s; `limits` in the exercise, or --timeout, give it more time."
        errors.insert(0, (None, words, more if observation.outcome is Outcome.TIMEOUT else ""))
    public = {check.id: check.reveal for check in item.exercise.checks if check.visibility == "public"}
    lines = ((_line(verdict, solution), public[verdict.check]) for verdict in failed if verdict.check in public)
    for_anybody = [*errors, *(line if revealed else (*line[:2], STAFF_ONLY) for line, revealed in lines)]
    if any(verdict.check not in public for verdict in failed):
        for_anybody.append((None, "a check that is not shown fails.", " `--audience staff` names it."))
    for_staff = [*errors, *(_line(verdict, solution) for verdict in failed)]
    path, in_course = shown(item.solution), Path(item.solution.parent.name, item.solution.name)
    return BrokenReference(
        exercise=item.exercise.id,
        reason=f"{_place(in_course, for_anybody[0][0])}: {for_anybody[0][1]}",
        details=_with_heading(
            item,
            [
                f"{_place(path, where)}: {words}{more}"
                for where, words, more in (for_staff if audience == "staff" else for_anybody)
            ],
        ),
        line=None if for_anybody[0][0] is None else for_anybody[0][0].file_line,
        ran_out_of_time=observation.outcome is Outcome.TIMEOUT,
        timed_out=observation.outcome is Outcome.TIMEOUT or observation.duration_s > wall_s / 2,
    )


def unfinished(item: CourseExercise) -> BrokenReference:
    """An exercise whose files have mistakes. Whoever grades sees them all; students see only where the first is, since
    its text may quote a check that is not shown.
    """
    first, more = item.mistakes[0], len(item.mistakes) - 1
    place = Path(first.path.parent.name, first.path.name)
    where = f"{place}:{first.line}" if first.line is not None else f"{place}"
    others = f", and {count(more, 'more mistake')}" if more else ""
    return BrokenReference(
        exercise=item.exercise.id,
        reason=f"{where} has a mistake{others}.",
        details="\n".join(map(str, item.mistakes)),
        unfinished=True,
    )


def unreadable(item: CourseExercise, error: GraderError) -> BrokenReference:
    """A reference solution that cannot be read."""
    return BrokenReference(exercise=item.exercise.id, reason=str(error), details=_with_heading(item, [str(error)]))


def not_judged(item: CourseExercise, why: str, *, failure: str = "", audience: Audience) -> BrokenReference:
    """A reference solution that could not be run or judged, because the grader or a kind of check failed. ``failure``:
    what a check failed with.
    """
    text = for_anybody = f"The reference solution {shown(item.solution)} {why}"
    if failure:
        quoted = f"{text.rstrip('.')}: {failure}. {_BY_A_CHECK}"
        is_public = all(check.visibility == "public" and check.reveal for check in item.exercise.checks)
        for_anybody = quoted if is_public else f"{text} {_BY_A_CHECK}"
        text = quoted if audience == "staff" else for_anybody
    return BrokenReference(exercise=item.exercise.id, reason=for_anybody, details=text, by_grader=True)


def is_mistake(broken: Mapping[str, BrokenReference], exercises: int, *, explicit: bool) -> bool:
    """Whether nothing should be graded before these are mended: one of them is wrong, or nothing is left of the
    ``exercises`` to be graded. One that only ran out of time does not keep the others from being graded, nor, unless
    the exercises were asked for (``explicit``), one that is not finished.
    """
    harmless = (one.ran_out_of_time or (one.unfinished and not explicit) for one in broken.values())
    return len(broken) >= exercises or not all(harmless)


def error_of(
    broken: Mapping[str, BrokenReference], consequence: str = "Nothing was graded.", hint: str = ""
) -> GraderError:
    """The error that names all of them, and what follows. ``hint``: what can be done instead of mending them."""
    details = "\n".join(one.details for one in broken.values())
    if all(one.by_grader for one in broken.values()):
        return SandboxError(details)
    references = sum(not one.unfinished for one in broken.values())
    if not references:
        these = "this exercise" if len(broken) == 1 else f"these {count(len(broken), 'exercise')}"
        return ReferenceError(f"{details}\n{consequence} Mend {these}{hint}.")
    these = "this reference solution" if references == 1 else f"these {count(references, 'reference solution')}"
    others = "" if references == len(broken) else ", and the other exercises"
    return ReferenceError(f"{details}\n{consequence} Mend {these}, or the exercise's checks{others}{hint}.")


def _with_heading(item: CourseExercise, lines: Sequence[str]) -> str:
    what = f"the reference solution of `{item.exercise.id}` does not pass its own exercise."
    return "\n  ".join([f"{shown(item.solution)}: {what}", *lines])


Line = tuple[Location | None, str, str]
"""What is wrong: where, in words that anybody may see, and what only the instructor may see."""


def _errors(solution: Submission, observation: Observation) -> Iterator[Line]:
    """The uncaught errors of its run."""
    for error in summarize_run(solution, observation).errors[:MAX_ERRORS]:
        text = shorten(error.text, MAX_TEXT).replace("\n", " ")
        yield error.location, f"raised {error.type}: {text}", ""


def _line(verdict: Verdict, solution: Submission) -> Line:
    where = None if verdict.place is None else location_of(verdict.place, solution)
    words = f"the check `{verdict.check}` {'waits for a person' if verdict.withheld else 'fails'}."
    return where, words, f" {verdict.message}{_values(verdict)}{_ALLOW if verdict.withheld else ''}"


def _values(verdict: Verdict) -> str:
    parts = [
        f"{name} {shorten(value, MAX_TEXT)}"
        for name, value in (("expected", verdict.expected), ("found", verdict.actual))
        if value is not None
    ]
    return f" ({', '.join(parts)})" if parts else ""


def _place(path: Path, where: Location | None) -> str:
    if where is None:
        return str(path)
    in_file = where.cell is None or where.in_file
    return f"{path}:{where.line}" if in_file else f"{path}, {where.in_words()}"

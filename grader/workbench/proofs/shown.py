"""Every check can fail, and every hint, named mistake and remark of the rubric is shown by something.

Known submissions show them; mutants of the reference too, where these were tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from grader.course.course import Course, CourseExercise
from grader.course.rubric import RubricCheck
from grader.model import Finding, ProofResult, Severity
from grader.text import shorten
from grader.workbench.grade_file import GradedCheck, GradedFile, GradeFile
from grader.workbench.mutants.tried import TriedMutant, TryMutant
from grader.workbench.proof import Proof
from grader.workbench.proofs.known_submissions import known_of, work_of_known
from grader.workbench.proofs.places import in_exercise, in_rubric, line_in_rubric
from grader.workbench.work import Work

MAX_QUOTED = 80
"""Characters that are quoted of what a rubric says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the known submissions and mutants of an exercise showed."""

    checks: Mapping[str, Sequence[GradedCheck]]
    """What each check said of each known submission, by the check's id."""
    caught: frozenset[str]
    """The checks that caught a mutant."""
    hinted: frozenset[str]
    """The checks that caught a mutant without a named mistake, of which they give their own hint."""
    mistakes: frozenset[tuple[str, str]]
    """The named mistakes that were found in mutants: the check's id, and what is said."""
    with_mutants: bool
    """Whether mutants were tried."""
    is_unknown: bool
    """Whether a known submission could not be judged, because the reference does not pass."""

    @property
    def severity(self) -> Severity:
        """Of what a mutant may show: that nothing shows it is known only where mutants were tried."""
        return "warning" if self.with_mutants else "note"

    @property
    def nothing(self) -> str:
        return "no known submission and no mutant" if self.with_mutants else "no known submission"


class Shown(Proof):
    """It looks at the runs of known submissions, and at those of mutants where they were made."""

    NAME: ClassVar[str] = "shown"
    HEADING: ClassVar[str] = "Shown"

    def plan(self, course: Course, chosen: Sequence[CourseExercise]) -> Iterable[GradeFile]:
        for item in chosen:
            if not item.is_recorded:
                yield from (work_of_known(item, known) for known in known_of(item) or ())

    def conclude(
        self, course: Course, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]
    ) -> Iterator[ProofResult]:
        for item in chosen:
            if item.is_recorded or known_of(item) is None:
                continue
            seen = what_is_seen(item, results)
            if seen.is_unknown:
                yield ProofResult(proof=self.NAME, exercise=item.exercise.id, cell="–")
                continue
            findings = list(find_unshown(course, item, seen))
            things = sum(1 + _count(rules) for rules in item.rubric.checks.values())
            yield ProofResult(
                proof=self.NAME,
                exercise=item.exercise.id,
                findings=tuple(findings),
                # Without the mutants it is another figure, which is not to be compared with this one.
                figures={"things": things, "shown": things - len(findings)} if seen.with_mutants else {},
                cell=f"{things - len(findings)}/{things}",
                tried=things,
            )


def what_is_seen(item: CourseExercise, results: Mapping[Work, Any]) -> Seen:
    """``results``: of all works, among which those of known submissions are; those of mutants may be."""
    checks: dict[str, list[GradedCheck]] = {check.id: [] for check in item.exercise.checks}
    is_unknown = False
    for known in known_of(item) or ():
        result: GradedFile = results[work_of_known(item, known)]
        graded = result.of(item.exercise.id)
        is_unknown = is_unknown or (graded is not None and bool(graded.broken))
        for check in () if graded is None else graded.checks:
            checks[check.id].append(check)
    mutants: list[TriedMutant] = [
        result for work, result in results.items() if isinstance(work, TryMutant) and work.exercise == item.exercise.id
    ]
    return Seen(
        checks=checks,
        caught=frozenset(check for mutant in mutants for check in mutant.caught_by),
        hinted=frozenset(
            check
            for mutant in mutants
            for check in mutant.caught_by
            if check not in {named for named, _ in mutant.mistakes}
        ),
        mistakes=frozenset(each for mutant in mutants for each in mutant.mistakes),
        with_mutants=bool(mutants),
        is_unknown=is_unknown,
    )


def find_unshown(course: Course, item: CourseExercise, seen: Seen) -> Iterator[Finding]:
    """What nothing shows, each with its line."""
    for index, check in enumerate(item.exercise.checks):
        rules, said = item.rubric.checks[check.id], seen.checks[check.id]
        failed = [one for one in said if one.status == "failed"]
        waits = any(one.status == "manual" for one in said)
        if not failed and check.id not in seen.caught and not waits:
            text = (
                f"`{check.id}` is failed by {seen.nothing}, so nothing shows that it can fail. Write a wrong answer "
                "that it must catch."
            )
            yield in_exercise(item, ("checks", index), seen.severity, text)
        elif (
            rules.hint and failed and check.id not in seen.hinted and not any(one.hint == rules.hint for one in failed)
        ):
            text = (
                f"The hint of `{check.id}` is shown by {seen.nothing}: a named mistake with a hint of its own applies "
                "to each that fails. Write a wrong answer that has none of these mistakes, or take the hint out."
            )
            yield in_rubric(course, item, ("checks", check.id, "hint"), seen.severity, text)
        yield from _unshown_mistakes(course, item, check.id, rules, failed, seen)
        passed = [one for one in said if one.status == "passed"]
        for number, remark in enumerate(rules.remarks):
            if not any(remark.when.text in one.rules for one in passed):
                text = (
                    f'The remark "{shorten(remark.say, MAX_QUOTED)}" is shown by no known submission. Write a right '
                    "answer of which it is said, or take it out."
                )
                yield in_rubric(course, item, ("checks", check.id, "remarks", number), "warning", text)


def _unshown_mistakes(
    course: Course,
    item: CourseExercise,
    check: str,
    rules: RubricCheck,
    failed: Sequence[GradedCheck],
    seen: Seen,
) -> Iterator[Finding]:
    for number, rule in enumerate(rules.mistakes):
        when = rule.when.text
        if any(one.rules[:1] == (when,) for one in failed) or (check, rule.say) in seen.mistakes:
            continue
        place = ("checks", check, "mistakes", number)
        quoted = shorten(rule.say, MAX_QUOTED)
        hidden_by = next((one.rules[0] for one in failed if when in one.rules), None)
        if hidden_by is not None:
            earlier = next(index for index, other in enumerate(rules.mistakes) if other.when.text == hidden_by)
            line = line_in_rubric(course, item, ("checks", check, "mistakes", earlier))
            text = (
                f'The mistake "{quoted}" of `{check}` is said of {seen.nothing}: where one makes it, one '
                f"above it in line {line} holds as well, and that one is said. Write a wrong answer that makes only "
                "this one, put it first, or take it out."
            )
        else:
            text = (
                f'The mistake "{quoted}" of `{check}` is shown by {seen.nothing}. Write a wrong answer that makes it, '
                "or take it out."
            )
        yield in_rubric(course, item, place, seen.severity, text)


def _count(rules: RubricCheck) -> int:
    return bool(rules.hint) + len(rules.mistakes) + len(rules.remarks)

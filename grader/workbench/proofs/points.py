"""Points add up: what a rubric gives, what assignments make of it, and who sees for what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from grader.course.course import Course, CourseExercise
from grader.course.rubric import RubricCheck
from grader.model import Assignment, Finding, ProofResult
from grader.text import points
from grader.workbench.proof import Proof
from grader.workbench.proofs.places import in_rubric
from grader.workbench.work import Work


class Points(Proof):
    """It runs nothing: the files say it."""

    NAME: ClassVar[str] = "points"
    HEADING: ClassVar[str] = "Points"
    OF_FILES: ClassVar[bool] = True

    def plan(self, course: Course, chosen: Sequence[CourseExercise]) -> Iterable[Work]:
        return ()

    def conclude(
        self, course: Course, chosen: Sequence[CourseExercise], results: Mapping[Work, Any]
    ) -> Iterator[ProofResult]:
        for item in chosen:
            total = item.rubric.total
            findings = [*_worthless(course, item), *_mistakes(course, item), *_shares(course, item)]
            findings += [finding for one in course.assignments for finding in _assigned(course, item, one)]
            yield ProofResult(
                proof=self.NAME,
                exercise=item.exercise.id,
                findings=tuple(findings),
                figures={"points": total},
                cell=points(total),
                tried=len(item.rubric.checks),
            )


def _worthless(course: Course, item: CourseExercise) -> Iterator[Finding]:
    """Checks that nobody gets points for, and an exercise that is worth nothing."""
    rubric = item.rubric
    if not rubric.total:
        yield in_rubric(
            course,
            item,
            ("checks",),
            "warning",
            "No check of this exercise gives points, so that everybody has full marks. Give one of them points.",
        )
        return
    needed = {name for check in rubric.checks.values() for name in check.needs}
    texts = [rule.when.text for check in rubric.checks.values() for rule in (*check.mistakes, *check.remarks)]
    for name, check in rubric.checks.items():
        if check.points:
            continue
        if name in needed or any(f'"{name}"' in text or f"'{name}'" in text for text in texts):
            text = f"`{name}` gives no points; other checks ask for it."
            yield in_rubric(course, item, ("checks", name), "note", text)
        else:
            text = (
                f"`{name}` gives no points, and no other check needs it: whoever fails it loses nothing. Give it "
                "points, or name it in `needs` of another check."
            )
            yield in_rubric(course, item, ("checks", name), "warning", text)


def _mistakes(course: Course, item: CourseExercise) -> Iterator[Finding]:
    """Known mistakes whose credit says nothing, or too much."""
    for name, check in item.rubric.checks.items():
        for index, rule in enumerate(check.mistakes):
            place = ("checks", name, "mistakes", index)
            if rule.credit >= 1:
                text = f"A mistake of `{name}` gets all points of the check (`credit: {points(rule.credit)}`)."
                yield in_rubric(course, item, (*place, "credit"), "warning", text)
            elif rule.credit and not check.points:
                text = f"A share of the points of `{name}` is given here, and the check has none."
                yield in_rubric(course, item, (*place, "credit"), "warning", text)


def _shares(course: Course, item: CourseExercise) -> Iterator[Finding]:
    """Who sees what the points are given for."""
    shares: dict[str, float] = {}
    for check in item.exercise.checks:
        shares[check.visibility] = shares.get(check.visibility, 0.0) + _points(item.rubric.checks.get(check.id))
    if len(shares) > 1 or "public" not in shares:
        words = {
            "public": "everybody sees",
            "hidden": "only staff sees",
            "after-due": "students see after the due date",
        }
        parts = [f"{points(share)} for checks that {words[name]}" for name, share in shares.items()]
        text = f"Of {points(item.rubric.total)} points there are {', '.join(parts)}."
        yield in_rubric(course, item, ("checks",), "note", text)


def _assigned(course: Course, item: CourseExercise, assignment: Assignment) -> Iterator[Finding]:
    """What an assignment makes of the exercise's points."""
    total = item.rubric.total
    entry = next((one for one in assignment.exercises if one.id == item.exercise.id), None)
    if entry is None or entry.points is None or entry.points == total:
        return
    if not total:
        return  # nothing to scale, which is said already
    scaled = item.rubric.scaled_to(entry.points)
    parts = ", ".join(f"{name} {points(round(check.points, 3))}" for name, check in scaled.checks.items())
    text = (
        f"The assignment `{assignment.id}` makes {points(entry.points)} points of the {points(total)} that the rubric "
        f"gives, so each check is worth: {parts}."
    )
    yield in_rubric(course, item, ("checks",), "note", text)


def _points(check: RubricCheck | None) -> float:
    return 0.0 if check is None else check.points

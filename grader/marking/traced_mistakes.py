"""Which of a rubric's mistakes and remarks hold for the verdicts, each with the values that it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from grader.course.course import CourseExercise
from grader.course.rubric import FOUND, MistakeRule, Remark
from grader.judging.tracing.sides import sides_of, unmet_parts
from grader.language import expression
from grader.marking.check_scores import rules_tried
from grader.model import TracedLine, Verdict

BY_CHANCE = "it holds for these numbers, such as zeros, but would of many other answers as well, so it proves nothing"


def traced_mistakes(item: CourseExercise, verdicts: Sequence[Verdict]) -> Mapping[str, tuple[TracedLine, ...]]:
    """The mistakes of each check that failed, and the remarks of each that passed, in the order of the rubric, by the
    ids of checks. A line has the values of what does not hold in it; of one that holds, all values.
    """
    passed = {verdict.check for verdict in verdicts if verdict.status == "passed"}.__contains__
    return {
        verdict.check: tuple(_lines(verdict, tried, passed))
        for verdict, tried in rules_tried(item.exercise, item.rubric, verdicts)
    }


def _lines(
    verdict: Verdict, tried: Sequence[tuple[MistakeRule | Remark, int | None]], passed: Callable[[str], bool]
) -> Iterator[TracedLine]:
    for rule, where in tried:
        shown = verdict.variables[where or 0] if verdict.variables else {}
        variables = {**shown, FOUND: verdict.found, "passed": passed}
        unmet = [] if where is not None else unmet_parts(rule.when, variables, None)
        if found := [part for part in unmet if part in (FOUND, f"not {FOUND}")]:
            yield TracedLine(part=_part(rule), text=rule.when.text, held=False, said=f"what does not hold: {found[0]}")
            continue
        said = f"what does not hold: {', '.join(unmet)}" if unmet else ""
        if where is None and not unmet and rule.when.holds(variables):
            said = BY_CHANCE
        looked_at = [expression.parse(part) for part in unmet] or [rule.when]
        yield TracedLine(
            part=_part(rule),
            text=rule.when.text,
            held=where is not None,
            values=tuple(
                value for line in looked_at for value in sides_of(line, variables, None) if value.text != FOUND
            ),
            said=said,
        )


def _part(rule: MistakeRule | Remark) -> str:
    return "mistake" if isinstance(rule, MistakeRule) else "remark"

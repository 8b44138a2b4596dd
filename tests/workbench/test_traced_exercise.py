"""What happened at each step when a submission is graded by one exercise."""

from __future__ import annotations

from grader import submission
from grader.course.course import load_course
from grader.course.named_courses import builtin_course
from grader.model import Limits
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox
from grader.workbench.traced_exercise import trace_exercise


def test_each_check_has_its_trace_and_the_same_verdict_as_in_the_report(
    sandbox: Sandbox, store: ReferenceStore
) -> None:
    course = load_course(builtin_course())
    (item,) = course.select(["detach-semantics"])
    file = course.root / "solutions" / "mistakes" / "detach-semantics" / "computed_anew.py"
    grader = Grader(sandbox, Settings(exercises=(item,), basis="exercises", seed=0, limits=Limits()), store)
    traced = trace_exercise(grader, submission.load(str(file)))
    assert [trace.check for trace in traced.traces] == [check.id for check in item.exercise.checks]
    assert [trace.status for trace in traced.traces] == [check.status for check in traced.exercise.checks]
    last = traced.traces[-1]
    assert [one.why for one in last.candidates] == [
        "it is about another object than the one that an earlier check found"
    ] * 2
    rules = traced.mistakes["graph-of-y-intact"]
    assert rules[0].said == "what does not hold: found"
    (applies,) = [rule for rule in rules if rule.held]
    assert applies.text == "not found and not same_leaf and gradient == 2 * leaf"
    assert {value.text: value.value for value in applies.values}["gradient"] == "[0, 2, 4, 6]"
    assert traced.exercise.checks[-1].mistake

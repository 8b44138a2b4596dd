"""What happened at each step when a submission is graded by one exercise."""

from __future__ import annotations

from pathlib import Path

from grader import submission
from grader.course.course import load_course
from grader.course.named_courses import builtin_course
from grader.marking.traced_mistakes import BY_CHANCE
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


def test_of_a_mistake_that_holds_by_zeros_alone_the_reason_is_said(
    sandbox: Sandbox, store: ReferenceStore, tmp_path: Path
) -> None:
    for name, text in {
        "exercises/a.yaml": "id: a\ntitle: A\nstatement: Bind a.\nchecks:\n"
        "  - {id: slope, kind: backward, expect: {gradient: 1}}\n",
        "rubrics/a.yaml": "exercise: a\nchecks:\n  slope:\n    points: 1\n    mistakes:\n"
        "      - {when: gradient == 2 * leaf, say: Twice.}\n      - {when: gradient == 3, say: Three.}\n",
        "solutions/a.py": "import torch\n\nx = torch.ones(3, requires_grad=True)\nx.sum().backward()\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (item,) = load_course(tmp_path).exercises
    grader = Grader(sandbox, Settings(exercises=(item,), basis="exercises", seed=0, limits=Limits()), store)
    answer = b"import torch\n\nx = torch.zeros(3, requires_grad=True)\n(x * 0).sum().backward()\n"
    traced = trace_exercise(grader, submission.read(answer, "homework.py"))
    assert [(rule.held, rule.said) for rule in traced.mistakes["slope"]] == [(False, BY_CHANCE), (False, "")]
    assert traced.exercise.checks[0].mistake is None

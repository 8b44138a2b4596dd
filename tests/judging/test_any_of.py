"""``any-of``: the verdict of several ways, from the verdicts of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from grader.course.exercise import load_exercise
from grader.judging.any_of import AnyOfCheck
from grader.judging.checks.base import Check
from grader.judging.context import Context
from grader.judging.judge import Judge
from grader.model import Found, Probes, RunPlace, Verdict

PLACE = RunPlace(cell=0, line=3, statement=2)
FAILED = Verdict(check="way", status="failed", message="The gradient is wrong.", found=True, share=0.5)
NOTHING = Verdict(check="way", status="failed", message="No pass was seen.")
PASSED = Verdict(check="way", status="passed", message="Right.", found=True, share=1.0, position=7, evidence=True)
WAITS = Verdict(check="way", status="manual", message="A person has to look.", withheld=True)


def check_of(tmp_path: Path, *ways: str, beside: str = "") -> AnyOfCheck:
    path = tmp_path / "x.yaml"
    lines = "".join(f"      - {way}\n" for way in ways)
    path.write_text(
        f"id: x\ntitle: X\nstatement: Do it.\nchecks:\n  - id: slope\n    any-of:\n{lines}{beside}", encoding="utf-8"
    )
    (check,) = load_exercise(path).checks
    assert isinstance(check, AnyOfCheck)
    return check


@pytest.fixture
def check(tmp_path: Path) -> AnyOfCheck:
    return check_of(tmp_path, "{kind: backward, leaf: x}", "{kind: backward, leaf: y}", "{kind: backward, leaf: z}")


def judged(monkeypatch: pytest.MonkeyPatch, check: AnyOfCheck, *verdicts: Verdict) -> Verdict:
    """The verdict of a check whose ways give these verdicts."""
    found: Iterator[Verdict] = iter(verdicts)
    for way in {type(way) for way in check.ways()}:
        monkeypatch.setattr(way, "judge", lambda self, context: next(found))
    context = Context(
        exercise="x",
        probes=Probes(),
        subject=cast(Any, None),
        reference=None,
        earlier={},
        changes=None,
        way_probes=(Probes(),) * len(check.ways()),
    )
    return check.judge(context)


class TestVerdict:
    def test_it_passes_where_any_way_does(self, monkeypatch: pytest.MonkeyPatch, check: AnyOfCheck) -> None:
        verdict = judged(monkeypatch, check, FAILED, replace(PASSED, bound=(Found(position=7),)), WAITS)
        assert (verdict.check, verdict.status, verdict.message, verdict.way) == ("slope", "passed", "Right.", 1)
        assert (verdict.position, verdict.evidence, len(verdict.bound)) == (7, True, 1)

    def test_what_all_ways_that_passed_have_found_may_be_followed(
        self, monkeypatch: pytest.MonkeyPatch, check: AnyOfCheck
    ) -> None:
        other = replace(PASSED, position=4, bound=(Found(position=4),))
        verdict = judged(monkeypatch, check, replace(PASSED, bound=(Found(position=7),)), other, NOTHING)
        assert (verdict.way, verdict.position) == (0, 4)
        assert [found.position for found in verdict.bound] == [7, 4]

    def test_a_person_decides_before_it_fails(self, monkeypatch: pytest.MonkeyPatch, check: AnyOfCheck) -> None:
        verdict = judged(monkeypatch, check, FAILED, WAITS, NOTHING)
        assert (verdict.status, verdict.withheld, verdict.message) == ("manual", True, "A person has to look.")

    def test_the_message_is_that_of_the_nearest_way(self, monkeypatch: pytest.MonkeyPatch, check: AnyOfCheck) -> None:
        nearer = replace(FAILED, message="The sign is wrong.", share=0.75)
        verdict = judged(monkeypatch, check, FAILED, nearer, nearer)
        assert (verdict.way, verdict.share) == (1, 0.75)
        assert verdict.message == (
            "The sign is wrong. There are 3 ways to answer this; yours comes closest to this one."
        )

    def test_nothing_was_found_of_any_way(self, monkeypatch: pytest.MonkeyPatch, check: AnyOfCheck) -> None:
        verdict = judged(monkeypatch, check, NOTHING, NOTHING, NOTHING)
        assert verdict.message == "No pass was seen. There are 3 ways to answer this, and none of them was found."

    def test_a_rubric_knows_the_variables_of_every_way_that_was_found(
        self, monkeypatch: pytest.MonkeyPatch, check: AnyOfCheck
    ) -> None:
        near, far = replace(FAILED, share=0.9, variables=({"a": 1},)), replace(FAILED, variables=({"b": 2},))
        nothing = replace(NOTHING, variables=({"c": 3},), places=(PLACE,))
        assert judged(monkeypatch, check, nothing, far, near).variables == ({"a": 1}, {"b": 2})
        unplaced = replace(NOTHING, variables=({"d": 4},))
        verdict = judged(monkeypatch, check, unplaced, nothing, nothing)
        assert (verdict.variables, verdict.places) == (({"d": 4}, {"c": 3}, {"c": 3}), (None, PLACE, PLACE))


class TestWhatIsAskedFor:
    def test_each_way_is_judged_by_what_it_asked_for_itself(self, tmp_path: Path) -> None:
        ways = (
            "{kind: function, function: f, inputs: [{normal: [2]}], expect: {output: 2 * input}}",
            "{kind: function, function: f, inputs: [{normal: [3]}], expect: {output: input}}",
            "{kind: value, names: {u: [u, v]}, holds: u.requires_grad}",
        )
        check = check_of(tmp_path, *ways)
        judge = Judge("x", [check], seed=0)
        (probes,) = judge.probes
        assert (len(probes.calls), probes.names) == (2, ("u", "v"))
        asked: list[Probes] = []

        def judge_way(self: Check, context: Context) -> Verdict:
            asked.append(context.probes)
            return FAILED

        with pytest.MonkeyPatch.context() as patch:
            for way in {type(way) for way in check.ways()}:
                patch.setattr(way, "judge", judge_way)
            judge.judge(cast(Any, None), reference=None)
        assert [len(own.calls) for own in asked] == [1, 1, 0]
        assert [own.calls[0].id for own in asked[:2]] == [call.id for call in probes.calls]

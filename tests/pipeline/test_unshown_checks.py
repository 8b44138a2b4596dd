from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from grader.judging.checks.base import Check
from grader.judging.judge import Judge
from grader.model import CallProbe, Observation, Outcome, Probes, UnshownRun, Verdict
from grader.pipeline.unshown_checks import describe_unshown_run, join_verdicts, split_probes


def checks(*visibilities: str) -> tuple[Check, ...]:
    return tuple(
        cast(Check, SimpleNamespace(id=str(number), visibility=visibility))
        for number, visibility in enumerate(visibilities)
    )


def split(**asked: Probes) -> tuple[Probes, Probes | None]:
    """For a check of each visibility, what it asks for."""
    kinds = checks(*(name.replace("_", "-") for name in asked))
    return split_probes([(kinds, cast(Judge, SimpleNamespace(probes=tuple(asked.values()))))])


def call(identity: str) -> CallProbe:
    return CallProbe(id=identity, functions=("f",), inputs=(np.zeros(3), np.ones(2)))


def verdict(check: str, **fields: Any) -> Verdict:
    return Verdict(**({"check": check, "status": "passed", "message": "It is right."} | fields))


class TestTheRunThatStudentsReadOf:
    def test_is_asked_for_nothing_that_only_other_checks_ask_for(self) -> None:
        public = Probes(names=("a",), calls=(call("one"),))
        hidden = Probes(names=("b",), calls=(call("two"),), second_run=True)
        due = Probes(torch_calls=("detach",))
        shown, whole = split(after_due=due, hidden=hidden, public=public)
        assert (shown.names, [each.id for each in shown.calls]) == (("a",), ["one"])
        assert not shown.second_run
        assert not shown.torch_calls
        assert whole is not None
        assert (whole.names, [each.id for each in whole.calls]) == (("a", "b"), ["one", "two"])
        assert (whole.torch_calls, whole.second_run) == (("detach",), True)

    def test_is_the_only_one_where_others_ask_for_no_more(self) -> None:
        probes = Probes(names=("a",), calls=(call("one"),), second_run=True)
        assert split(public=probes, hidden=probes)[1] is None
        assert split(public=probes, hidden=Probes())[1] is None


class TestVerdicts:
    def test_are_those_of_the_run_that_a_check_has(self) -> None:
        joined = join_verdicts(
            checks("public", "hidden", "after-due"),
            [verdict("0"), verdict("1"), verdict("2")],
            [verdict("0", status="failed"), verdict("1", status="failed"), verdict("2", status="failed")],
            Observation(events=(), outcome=Outcome.EXITED),
        )
        assert [each.status for each in joined] == ["passed", "failed", "failed"]

    def test_a_sandbox_that_fails_in_the_further_run_costs_nobody_points(self) -> None:
        failed = Observation(events=(), outcome=Outcome.SANDBOX_ERROR, detail="The worker failed")
        shown, other = join_verdicts(checks("public", "hidden"), [verdict("0")] * 2, [verdict("1")] * 2, failed)
        assert (shown.status, other.status) == ("passed", "error")
        assert other.message == "It could not be run: The worker failed."


class TestWhatStaffAreTold:
    def test_is_nothing_where_both_runs_ended_alike(self) -> None:
        late = Observation(events=(), outcome=Outcome.TIMEOUT, detail="it did not end in time")
        assert describe_unshown_run(late, late, 0.0) is None

    def test_is_how_the_further_run_ended_and_why_it_is_not_final(self) -> None:
        completed = Observation(events=(), outcome=Outcome.COMPLETED)
        ended = Observation(events=(), outcome=Outcome.CRASHED, detail="the interpreter was ended by SIGSEGV")
        told = describe_unshown_run(completed, ended, 0.25)
        assert isinstance(told, UnshownRun)
        why, how = told.notices
        assert how == "In the run for checks that students do not see: the interpreter was ended by SIGSEGV."
        assert why == told.not_final
        assert "for about 25 % of its time" in why
        assert told.kept_waiting == 0.25

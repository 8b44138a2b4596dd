"""The pool, with stand-ins for its processes that die, hang and send nonsense when they are told to."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from grader.classroom.batch import messages
from grader.classroom.batch.forked_lanes import can_share
from grader.classroom.batch.lane_process import answer
from grader.classroom.batch.pool import Pool
from grader.classroom.batch.tasks import Task, TaskGrader
from grader.errors import CourseError, GraderError, SandboxError, UsageError
from grader.model import (
    CompanionFile,
    Graded,
    LatePolicy,
    Level,
    Outcome,
    Plan,
    PlannedExercise,
    StoredCheck,
    StoredExercise,
    StoredReport,
)
from grader.pipeline.options import GradingOptions, decode_options
from grader.runtime.protocol.frames import MAX_PAYLOAD
from grader.sandbox.channel import Channel
from tests.helpers.forked_program import SUBPROCESS

PROCESS = """
import os, sys, time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo
from grader.classroom.batch import messages
from grader.pipeline.options import decode_options
from grader.classroom.batch.tasks import Ready
from grader.model import Graded, LatePolicy, Level, Outcome, Plan, PlannedExercise, StoredReport
from grader.sandbox.channel import Channel


check, broken, told = "pass", [], None
channel = Channel(read_fd=os.dup(0), write_fd=os.dup(1))
options = decode_options(channel.receive(60)[0])
{prologue}
plan = Plan(
    basis="assignment",
    exercises=(PlannedExercise(id="a", title="A", max_score=4.0, numbers=("1",), bonus=True),),
    assignment="hw2",
    due=datetime(2026, 12, 4, 23, 59, tzinfo=ZoneInfo("Europe/Berlin")),
    late=LatePolicy(penalty=0.1, per=timedelta(days=1), until=timedelta(days=3)),
    visibility={{"a": {{"secret": "hidden"}}}},
)
ready = Ready(course=course, rubrics="r", statements={{"a": "A."}}, plan=plan, run_s=20.0)
channel.send(messages.encode_ready(ready))
while (frame := channel.receive(60)) is not None:
    if frame[0]["t"] == messages.PREPARE:
        assert messages.decode_modules(frame[0]) == ("numpy",)
        assert frame[0]["runs"] == 50
        continue
    if frame[0]["t"] == messages.CHECK:
        word, _, rest = check.partition(" ")
        again = frame[0]["again"]
        if word == "die" or (word == "once" and not os.path.exists(rest)):
            open(rest, "a").close() if rest else None
            sys.exit("the reference was too much")
        if (word == "slow" and not again) or word == "broken":
            from grader.pipeline.broken_reference import BrokenReference
            broken = [BrokenReference(exercise="a", reason=word, details=word, timed_out=word == "slow")]
        channel.send(messages.encode_references(messages.CHECKED, broken if word != "slow" or not again else []))
        continue
    if frame[0]["t"] == messages.SETTLE:
        open(check.partition(" ")[2] + "/" + str(os.getpid()), "a").close()
        channel.send({{"t": messages.SETTLED}})
        continue
    if frame[0]["t"] == messages.REFERENCES:
        told = [one.reason for one in messages.decode_references(frame[0])]
        continue
    task = messages.decode_task(*frame)
    word, _, rest = task.content.decode().partition(" ")
    if word == "die" or (word == "once" and not os.path.exists(rest)):
        open(rest, "a").close() if rest else None
        sys.exit("it was too much")
    if word == "told":
        word = repr(told)
    if word == "hang":
        time.sleep(60)
    if word == "busy":
        with open(rest, "a") as order:
            order.write(f"{{task.key}} {{task.more_time:g}}\\n")
    if word == "nonsense":
        os.write(1, b"\\xff" * 100)
    report = StoredReport(
        document=str(len(task.companions)).encode(), outcome=Outcome.COMPLETED, level=Level.NONE, passed=True,
        complete=True, exercises=(),
    )
    graded = Graded(key=task.key, status="graded", rubrics="r", why=word, judged=task.content, report=report,
        not_final=word == "busy" and task.more_time < 2, kept_waiting=0.5)
    for _ in range(2 if word == "twice" else 1):
        channel.send(*messages.encode_graded(graded))
"""
OPTIONS = GradingOptions(course=Path("/course"))
Make = Callable[..., Pool]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    pools: list[Pool] = []
    monkeypatch.setattr("grader.classroom.batch.lane.STOP_S", 0.5)  # processes that hang are killed sooner
    monkeypatch.setattr("grader.classroom.batch.lane.subprocess", SUBPROCESS)

    def make(size: int = 2, *, prologue: str = 'course = "c"', task_s: float = 30.0) -> Pool:
        script = tmp_path / "process.py"
        script.write_text(textwrap.dedent(PROCESS).format(prologue=prologue))
        pools.append(Pool(OPTIONS, size, task_s=task_s, command=(sys.executable, str(script))))
        pools[-1].prepare(["numpy"], 50 * size)
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


def tasks(*contents: str) -> list[Task]:
    return [Task(key=str(n), name="ada.py", content=text.encode()) for n, text in enumerate(contents)]


def outcomes(pool: TaskGrader, *contents: str) -> dict[str, Graded]:
    found = list(pool.grade(tasks(*contents)))
    assert len(found) == len({graded.key for graded in found})
    return {graded.key: graded for graded in found}


class TestGrading:
    def test_every_task_has_its_result(self, make: Make) -> None:
        found = outcomes(make(), *(f"ok {n}" for n in range(40)))
        assert {key: graded.judged for key, graded in found.items()} == {str(n): f"ok {n}".encode() for n in range(40)}

    def test_tasks_are_taken_as_there_is_room(self, make: Make) -> None:
        taken: list[int] = []

        def many() -> Iterator[Task]:
            for n in range(1000):
                taken.append(n)
                yield Task(key=str(n), name="ada.py", content=b"ok")

        results = make().grade(many())
        next(results)
        assert len(taken) < 20

    def test_what_was_kept_waiting_is_graded_again_in_the_end_alone_and_with_more_time(
        self, make: Make, tmp_path: Path
    ) -> None:
        order = tmp_path / "order"
        found = outcomes(make(1), f"busy {order}", f"busy {order}", "ok")
        assert sorted(found) == ["0", "1", "2"]
        assert not any(graded.not_final for graded in found.values())
        assert order.read_text().splitlines() == ["0 1", "1 1", "0 2", "1 2"]

    def test_no_task_is_no_result(self, make: Make) -> None:
        assert outcomes(make()) == {}

    def test_it_can_be_asked_again(self, make: Make) -> None:
        pool = make()
        assert len(outcomes(pool, "ok", "ok")) == len(outcomes(pool, "ok", "ok")) == 2

    def test_a_result_that_comes_twice_is_one(self, make: Make) -> None:
        assert len(outcomes(make(1), "twice", "ok", "twice", "ok")) == 4

    def test_large_contents_and_their_companion_files_arrive(self, make: Make) -> None:
        task = Task(
            key="k",
            name="ada.py",
            content=b"ok " + b"x" * 5_000_000,
            companions=(CompanionFile("a", b""), CompanionFile("b", b"2" * 100_000)),
        )
        (graded,) = make(1).grade([task])
        assert graded.judged == task.content
        assert graded.report is not None
        assert graded.report.document == b"2"


class TestReferences:
    def test_all_processes_are_told_what_one_found(self, make: Make) -> None:
        pool = make(prologue='course, check = "c", "broken"')
        assert [one.reason for one in pool.check_references().values()] == ["broken"]
        assert {graded.why for graded in outcomes(pool, *["told"] * 6).values()} == {"['broken']"}

    def test_so_is_a_process_that_replaces_another(self, make: Make) -> None:
        pool = make(1, prologue='course, check = "c", "broken"')
        pool.check_references()
        assert outcomes(pool, "die", "told")["1"].why == "['broken']"

    def test_one_that_ran_out_of_time_is_tried_again_when_every_process_has_settled(
        self, make: Make, tmp_path: Path
    ) -> None:
        (tmp_path / "settled").mkdir()
        pool = make(3, prologue=f'course, check = "c", "slow {tmp_path / "settled"}"')
        assert pool.check_references() == {}
        assert len(list((tmp_path / "settled").iterdir())) == 3
        assert outcomes(pool, "told")["0"].why == "[]"

    def test_a_death_costs_one_try(self, make: Make, tmp_path: Path) -> None:
        pool = make(1, prologue=f'course, check = "c", "once {tmp_path / "died"}"')
        assert pool.check_references() == {}
        assert outcomes(pool, "ok")["0"].status == "graded"

    def test_two_deaths_are_said(self, make: Make) -> None:
        with pytest.raises(SandboxError, match="judges the reference solutions ended, twice"):
            make(prologue='course, check = "c", "die"').check_references()


class TestMisfortunes:
    def test_a_death_costs_one_try(self, make: Make, tmp_path: Path) -> None:
        found = outcomes(make(), "ok", f"once {tmp_path / 'died'}", "ok", "ok")
        assert {graded.status for graded in found.values()} == {"graded"}

    def test_two_deaths_are_the_end_of_a_task_and_of_no_other(self, make: Make) -> None:
        found = outcomes(make(), "ok", "ok", "die", "ok", "ok", "ok")
        assert [key for key, graded in found.items() if graded.status == "broken"] == ["2"]
        assert "twice (it was too much)" in found["2"].why

    def test_many_deaths_among_few_processes(self, make: Make) -> None:
        found = outcomes(make(1), *["die", "ok"] * 4)
        assert [found[str(n)].status for n in range(8)] == ["broken", "graded"] * 4

    def test_a_task_that_fits_into_no_frame_costs_only_itself(
        self, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("grader.runtime.protocol.frames.MAX_PAYLOAD", 10_000)
        found = outcomes(make(1), "ok", "x" * 10_000, "ok")
        assert [found[str(n)].status for n in range(3)] == ["graded", "broken", "graded"]
        assert "too large to be graded" in found["1"].why

    def test_so_does_a_result_that_fits_into_no_frame(self) -> None:
        read_fd, write_fd = os.pipe()
        channel = Channel(read_fd=read_fd, write_fd=write_fd)
        huge = Graded(key="k", status="graded", rubrics="r", judged=bytes(MAX_PAYLOAD))
        answer(channel, huge)
        frame = channel.receive(10)
        assert frame is not None
        graded = messages.decode_graded(*frame)
        assert (graded.key, graded.status, graded.rubrics) == ("k", "broken", "r")
        assert "too large to be kept" in graded.why
        os.close(read_fd)
        os.close(write_fd)

    def test_silence_is_death(self, make: Make) -> None:
        found = outcomes(make(1, task_s=1.0), "hang", "ok")
        assert (found["0"].status, found["1"].status) == ("broken", "graded")
        assert "did not answer in time" in found["0"].why

    def test_so_is_nonsense(self, make: Make) -> None:
        found = outcomes(make(1), "nonsense", "ok")
        assert (found["0"].status, found["1"].status) == ("broken", "graded")

    def test_one_that_never_starts_is_said(self, make: Make, caplog: pytest.LogCaptureFixture) -> None:
        with pytest.raises(SandboxError, match="could not be started: no such luck"):
            make(prologue='sys.exit("no such luck")').ready()
        assert "of the pool failed: no such luck. Its standard error:\nno such luck" in caplog.text

    @pytest.mark.parametrize(
        "error", [CourseError("the reference fails"), UsageError("no such python"), SandboxError("no")]
    )
    def test_what_concerns_all_tasks_ends_it(self, make: Make, error: GraderError) -> None:
        kind = type(error).__name__
        prologue = "from grader.errors import *\n"
        prologue += f"channel.send(messages.encode_error({kind}({str(error)!r})))\n"
        prologue += "while channel.receive(60) is not None: pass\nsys.exit()"
        with pytest.raises(type(error), match=str(error)):
            make(prologue=prologue).ready()

    def test_processes_that_have_different_courses_are_not_mixed(self, make: Make) -> None:
        pool = make(prologue="course = str(os.getpid())")
        with pytest.raises(CourseError, match="the course was changed while the class was graded"):
            outcomes(pool, *["hang"] * 6)

    def test_closing_it_ends_the_processes_whatever_they_do(self, make: Make) -> None:
        pool = make()
        ready = pool.ready()
        assert (ready.course, ready.rubrics, ready.statements, ready.run_s) == ("c", "r", {"a": "A."}, 20.0)
        assert ready.plan == Plan(
            basis="assignment",
            exercises=(PlannedExercise(id="a", title="A", max_score=4.0, numbers=("1",), bonus=True),),
            assignment="hw2",
            due=datetime(2026, 12, 4, 23, 59, tzinfo=ZoneInfo("Europe/Berlin")),
            late=LatePolicy(penalty=0.1, per=timedelta(days=1), until=timedelta(days=3)),
            visibility={"a": {"secret": "hidden"}},
        )
        results = pool.grade(tasks("ok", "hang", "hang"))
        next(results)
        pids = [process.pid for process in pool._lanes.values()]
        pool.close()
        assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


class TestLanesThatShareImports:
    """Where the process that forks them cannot, each lane imports by itself (``test_forked_lanes`` has it at work)."""

    @pytest.mark.parametrize("does", ["sys.exit('no such luck')", "time.sleep(60)"])
    def test_where_they_do_not_begin_lanes_begin_by_themselves(
        self, does: str, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        alone = make().command
        forker = (sys.executable, "-c", f"import sys, time; {does}")
        monkeypatch.setattr("grader.classroom.batch.forked_lanes.COMMAND", forker)
        monkeypatch.setattr("grader.classroom.batch.pool.COMMAND", alone)
        monkeypatch.setattr("grader.classroom.batch.pool.can_share", lambda options: True)
        pool = Pool(OPTIONS, 3, task_s=30.0, command=alone)
        try:
            if "sleep" in does:
                for lane in pool._lanes.values():
                    lane.deadline = time.monotonic() + 0.3
            pool.prepare(["numpy"], 3 * 50)
            assert set(outcomes(pool, "ok", "ok", "ok", "ok")) == {"0", "1", "2", "3"}
        finally:
            pool.close()
        assert "Lane 0 of process" in caplog.text
        assert ("no such luck" if "exit" in does else "did not answer in time") in caplog.text

    def test_only_where_there_may_be_namespaces(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert not can_share(replace(OPTIONS, isolation="reduced"))
        monkeypatch.setattr("grader.sandbox.bubblewrap.binaries", lambda: ())
        assert not can_share(OPTIONS)


def test_messages_arrive_unchanged() -> None:
    options = GradingOptions(
        course=Path("/c"), exercises=("a", "b"), seed=3, timeout_s=4.0, isolation="strict", python=Path("/p")
    )
    assert decode_options(messages.encode_start(options)) == options
    task = Task(
        key="k",
        name="ada.py",
        content=b"\x00\xff",
        companions=(CompanionFile("x/y.py", b""), CompanionFile("z", b"\n")),
    )
    assert messages.decode_task(*messages.encode_task(task)) == task
    check = StoredCheck(
        id="c", kind="plot", title="C", status="manual", score=None, max_score=2.5, mistake="m", cell=1, line=2
    )
    exercise = StoredExercise(id="e", title="E", status="graded", score=0, max_score=2.5, checks=(check, check))
    report = StoredReport(
        document=b"\xff\x00",
        outcome=Outcome.TIMEOUT,
        level=Level.STRICT,
        passed=True,
        complete=False,
        exercises=(exercise,),
    )
    graded = Graded(key="k", status="broken", rubrics="r", why="no", judged=b"\x00", report=report, words={"e": "w"})
    for sent in (graded, replace(graded, report=None, evidence=b"\x00e"), replace(graded, evidence=None)):
        assert messages.decode_graded(*messages.encode_graded(sent)) == sent

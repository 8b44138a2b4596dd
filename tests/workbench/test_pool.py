"""A pool does works in processes of its own, keeps their results, and outlives a process that ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course.course import Course, load_course
from grader.errors import CourseError, SandboxError
from grader.pipeline.options import GradingOptions
from grader.workbench import pool as pools
from grader.workbench.grade_file import GradedFile, GradeFile
from grader.workbench.kept import Kept
from grader.workbench.lane import Done, LaneEnded, WorkFailed
from grader.workbench.pool import Pool
from grader.workbench.work import Work, encode_result

EXERCISE = """\
id: x
title: X
statement: Square it.
checks:
  - id: slope
    kind: backward
    given: output == leaf ** 2
    expect: {gradient: 2 * leaf}
"""
REFERENCE = "import torch\nx = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()\n"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    for name, text in {
        "exercises/x.yaml": EXERCISE,
        "rubrics/x.yaml": "exercise: x\nchecks: {slope: {points: 2, hint: Square it.}}\n",
        "solutions/x.py": REFERENCE,
    }.items():
        path = tmp_path / "course" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return load_course(tmp_path / "course")


class StandIn:
    """A lane that answers without a process."""

    def __init__(self, answer: Callable[[Work], GradedFile], *, has_answered: bool = True) -> None:
        self._answer = answer
        self.closed = self.killed = False
        self.has_answered = has_answered

    def do(self, work: Work) -> Done:
        return Done(text=encode_result(work, self._answer(work)), seconds=0.5)

    def kill(self) -> None:
        self.killed = True

    def close(self) -> None:
        self.closed = True


def works(course: Course, count: int) -> list[GradeFile]:
    return [GradeFile(path=course.exercises[0].solution, exercises=("x",), seed=seed) for seed in range(count)]


def open_pool(course: Course, folder: Path | None = None, size: int = 1) -> Pool:
    return Pool(course, GradingOptions(course=course.root), Kept(folder), size=size)


def test_files_and_texts_are_graded_in_processes(course: Course) -> None:
    right, wrong = (
        works(course, 1)[0],
        GradeFile(path=course.exercises[0].solution, exercises=("x",), text=REFERENCE.replace("x * x", "x * x * x")),
    )
    with open_pool(course) as pool:
        results = pool.do([right, wrong])
    assert results[right].of("x").has_full_marks
    assert results[right].of("x").score == 2
    assert [check.status for check in results[wrong].of("x").checks] == ["failed"]


def test_what_is_kept_is_not_done_again_until_its_files_change(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "Lane", lambda *_: StandIn(lambda work: GradedFile(unreadable="as told")))
    counts: list[tuple[int, int, int]] = []
    with open_pool(course, tmp_path) as pool:
        first = pool.do(works(course, 3), lambda *told: counts.append(told))
        assert pool.done == 3
    assert counts == [(0, 0, 3), (1, 0, 3), (2, 0, 3), (3, 0, 3)]
    with open_pool(course, tmp_path) as pool:
        assert pool.do(works(course, 3)) == first
        assert pool.done == 0
    (course.root / "rubrics" / "x.yaml").write_text("exercise: x\nchecks: {slope: {points: 5, hint: Square it.}}\n")
    with open_pool(load_course(course.root), tmp_path) as pool:
        pool.do(works(course, 3))
        assert pool.done == 3


def test_a_work_whose_process_ends_is_tried_in_another_one(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    lanes: list[StandIn] = []

    def start(*arguments: object) -> StandIn:
        def answer(work: Work) -> GradedFile:
            if len(lanes) == 1:
                raise LaneEnded("Killed")
            return GradedFile()

        lanes.append(StandIn(answer))
        return lanes[-1]

    monkeypatch.setattr(pools, "Lane", start)
    with open_pool(course) as pool:
        assert len(pool.do(works(course, 2))) == 2
    assert len(lanes) == 2
    assert all(lane.closed for lane in lanes)


def failing(error: BaseException, *, has_answered: bool = True, only: int | None = None) -> Callable[..., StandIn]:
    """Starts lanes that raise ``error`` for each work, or only for that of a seed."""

    def answer(work: Work) -> GradedFile:
        assert isinstance(work, GradeFile)
        if only is None or work.seed == only:
            raise error
        return GradedFile()

    return lambda *_: StandIn(answer, has_answered=has_answered)


@pytest.mark.parametrize("error", [LaneEnded("Killed"), WorkFailed("KeyError: 3")])
def test_a_work_that_cannot_be_done_does_not_keep_others_from_being_done(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(pools, "Lane", failing(error, only=1))
    three = works(course, 3)
    with open_pool(course, tmp_path) as pool:
        assert pool.do(three).keys() == {three[0], three[2]}
        assert str(error) in pool.failed[three[1]]
    with open_pool(course, tmp_path) as pool:
        pool.do(three)
        assert (pool.kept, pool.done) == (2, 1)  # what failed is tried again


def test_a_result_that_cannot_be_read_costs_its_own_work_only(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = works(course, 2)

    class Garbled(StandIn):
        def do(self, work: Work) -> Done:
            done = super().do(work)
            return Done(text='{"exercises": 1}', seconds=1.0) if work == first else done

    monkeypatch.setattr(pools, "Lane", lambda *_: Garbled(lambda _: GradedFile(exercises=())))
    with open_pool(course) as pool:
        assert list(pool.do([first, second])) == [second]
        assert pool.failed[first].startswith("its result cannot be read: ")


def test_where_nothing_can_be_done_the_pool_ends(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "Lane", failing(CourseError("no such exercise")))
    with open_pool(course) as pool, pytest.raises(CourseError, match="no such exercise"):
        pool.do(works(course, 3))


def test_processes_that_never_start_are_not_tried_for_each_work(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[StandIn] = []
    start = failing(LaneEnded("no torch"), has_answered=False)

    def counted(*_: object) -> StandIn:
        started.append(start())
        return started[-1]

    monkeypatch.setattr(pools, "Lane", counted)
    with open_pool(course) as pool, pytest.raises(SandboxError, match=r"do not start: .*no torch"):
        pool.do(works(course, 10))
    assert len(started) == pools.MAX_FAILED_STARTS


def test_an_interrupt_ends_the_processes_at_once_and_what_is_done_is_kept(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes: list[StandIn] = []

    def interrupt(done: int, kept: int, of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    def start(*_: object) -> StandIn:
        lanes.append(StandIn(lambda work: GradedFile()))
        return lanes[-1]

    monkeypatch.setattr(pools, "Lane", start)
    with pytest.raises(KeyboardInterrupt), open_pool(course, tmp_path) as pool:
        pool.do(works(course, 4), interrupt)
    assert all(lane.killed and lane.closed for lane in lanes)
    with open_pool(course, tmp_path) as pool:
        pool.do(works(course, 4))
        assert pool.kept >= 2


def test_a_result_that_the_machine_decided_is_not_kept(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "Lane", lambda *_: StandIn(lambda work: GradedFile(not_final=True)))
    for _ in range(2):
        with open_pool(course, tmp_path) as pool:
            pool.do(works(course, 1))
            assert pool.done == 1


def test_a_mistake_of_the_course_ends_the_pool_with_its_words(course: Course) -> None:
    (course.root / "course.yaml").write_text("defualt: hw1\n")
    with open_pool(course) as pool, pytest.raises(CourseError, match=r"course\.yaml:1"):
        pool.do(works(course, 1))

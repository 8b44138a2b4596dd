"""The pool of a cluster, with workers that die, lie, come and go as a test says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.classroom.batch import messages
from grader.classroom.batch.tasks import Task
from grader.classroom.cluster import cluster_pool, presence, requests, workers
from grader.classroom.cluster.cluster_pool import ClusterPool
from grader.classroom.cluster.link import Answered, Connected, Failed, Lost
from grader.classroom.cluster.members import TASKS_AT_ONCE
from grader.errors import CourseError, SandboxError, UsageError
from grader.model import CompanionFile, Graded
from grader.pipeline.broken_reference import BrokenReference
from grader.pipeline.options import GradingOptions
from grader.runtime.protocol.frames import MAX_PAYLOAD, pack
from tests.helpers.class_of import course_of
from tests.helpers.fake_cluster import READY, FakeCluster, but, died, graded, honest, opened


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return course_of(["double-backward"], tmp_path_factory.mktemp("course"))


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def pool(course: Path, cluster: FakeCluster, notes: list[str]) -> ClusterPool:
    return ClusterPool(GradingOptions(course=course), cluster, batch="b", wait_s=60.0, note=notes.append)


def tasks(number: int) -> Iterator[Task]:
    return (Task(key=f"t{each}", name="a.py", content=b"") for each in range(number))


def keys(results: Iterator[Graded]) -> list[str]:
    return sorted((result.key for result in results), key=lambda key: int(key[1:]))


def expected(number: int) -> list[str]:
    return [f"t{each}" for each in range(number)]


class TestGrading:
    def test_all_workers_grade_and_every_task_has_one_result(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        cluster.join("one", "two")
        pool.prepare(("numpy",))
        assert pool.ready() == READY
        assert pool.check_references() == {}
        assert keys(pool.grade(tasks(20))) == expected(20)
        assert sorted([*cluster.tasks_of("one"), *cluster.tasks_of("two")]) == sorted(expected(20))
        assert cluster.tasks_of("one")
        assert cluster.tasks_of("two")
        pool.close()
        assert cluster.closed

    def test_submissions_are_read_as_there_is_room_for_them(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        cluster.join("one", "two", behave=but(lambda key: None))
        pool.ready()
        taken = 0

        def count() -> Iterator[Task]:
            nonlocal taken
            for task in tasks(100):
                taken += 1
                yield task

        def answer() -> None:
            assert taken <= 2 * TASKS_AT_ONCE + results
            number, (_, key) = next(iter(cluster.held.items()))
            del cluster.held[number]
            cluster.tell(Answered(number, graded(key)))

        results = 0
        cluster.on_idle = answer
        for _ in pool.grade(count()):
            results += 1
        assert results == 100

    def test_a_course_is_sent_once_a_worker_in_parts(
        self, pool: ClusterPool, cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(requests, "PART_BYTES", 1000)
        cluster.join("one", "two")
        pool.ready()
        for worker in ("one", "two"):
            parts = [payload for to, header, payload in cluster.asked if to == worker and header["t"] == "course"]
            assert len(parts) > 2
            assert cluster.kinds_of(worker) == ["course"] * len(parts) + ["open"]
        opens = [header for _, header, _ in cluster.asked if header["t"] == "open"]
        assert opens[0]["digest"] == opens[1]["digest"]
        assert opens[0]["start"]["at_least"] == "reduced"

    def test_what_is_too_large_for_a_frame_costs_only_itself(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        cluster.join("one")
        large = Task(key="t9", name="a.py", content=b"", companions=(CompanionFile("b", b"x" * MAX_PAYLOAD),))
        results = {result.key: result for result in pool.grade([large, *tasks(2)])}
        assert set(results) == {"t0", "t1", "t9"}
        assert "It is too large to be graded" in results["t9"].why

    def test_what_is_not_final_is_graded_again_alone_in_the_end(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        seen: list[str] = []

        def once(key: str) -> bytes:
            seen.append(key)
            not_final = key == "t0" and seen.count("t0") == 1
            return pack(  # type: ignore[arg-type]
                *messages.encode_graded(Graded(key=key, status="graded", rubrics="r", why="", not_final=not_final))  # type: ignore[arg-type]
            )

        cluster.join("one", behave=but(once))
        assert keys(pool.grade(tasks(4))) == expected(4)
        assert seen[-1] == "t0"
        assert seen.count("t0") == 2


class TestReferences:
    def test_one_worker_judges_them_and_all_are_told(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        broken = BrokenReference(exercise="a", reason="It fails.", details="", timed_out=False)

        def behave(header: dict[str, object], payload: bytes) -> bytes | None:
            asked = header.get("ask")
            if isinstance(asked, dict) and asked["t"] == messages.CHECK:
                return pack(messages.encode_references(messages.CHECKED, [broken]))  # type: ignore[arg-type]
            return honest(header, payload)

        cluster.join("one", "two", behave=behave)
        assert dict(pool.check_references()) == {"a": broken}
        cluster.join("late")
        assert keys(pool.grade(tasks(8))) == expected(8)
        asked = [header["ask"]["t"] for _, header, _ in cluster.asked if header["t"] == "ask"]
        assert asked.count(messages.CHECK) == 1
        assert asked.count(messages.REFERENCES) == 2
        (late,) = [header for to, header, _ in cluster.asked if to == "late" and header["t"] == "open"]
        assert [frame["t"] for frame in late["first"]] == [messages.REFERENCES]

    def test_a_worker_that_dies_of_them_is_followed_by_another(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        checks = []

        def behave(header: dict[str, object], payload: bytes) -> bytes | None:
            asked = header.get("ask")
            if isinstance(asked, dict) and asked["t"] == messages.CHECK:
                checks.append(1)
                return died()
            return honest(header, payload)

        cluster.join("one", "two", behave=behave)
        with pytest.raises(SandboxError, match="judged the reference solutions ended, twice"):
            pool.check_references()
        assert len(checks) == 2


class TestWorkersThatComeAndGo:
    def test_the_tasks_of_one_that_has_gone_are_graded_by_others(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        cluster.join("one", behave=but(lambda key: None))
        cluster.join("two")
        pool.ready()
        cluster.on_idle = lambda: cluster.leave("one") if "one" in cluster.workers else None
        assert keys(pool.grade(tasks(10))) == expected(10)
        assert set(cluster.tasks_of("one")) <= set(cluster.tasks_of("two"))
        assert len(cluster.forgotten) == 2

    def test_answers_that_come_late_or_twice_change_nothing(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        cluster.join("one", behave=but(lambda key: None))
        cluster.join("two")
        pool.ready()

        def answer_late() -> None:
            held = dict(cluster.held)
            cluster.held.clear()
            if "one" in cluster.workers:
                cluster.leave("one", expected=True)
            for number, (_, key) in held.items():
                cluster.tell(Answered(number, graded(key, why="late")))
                cluster.tell(Answered(number, graded(key, why="twice")))
                cluster.tell(Failed(number, "it failed"))

        cluster.on_idle = answer_late
        results = list(pool.grade(tasks(10)))
        assert keys(iter(results)) == expected(10)
        assert {result.why for result in results} == {""}

    def test_workers_that_come_later_get_tasks_too(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        cluster.join("one", behave=but(lambda key: None))
        pool.ready()
        cluster.on_idle = lambda: (
            cluster.join("two") if "two" not in cluster.workers else cluster.leave("one", expected=True)
        )
        assert keys(pool.grade(tasks(5))) == expected(5)
        assert set(cluster.tasks_of("two")) == set(expected(5))

    def test_a_task_that_ends_two_workers_is_broken_and_the_others_are_graded(
        self, pool: ClusterPool, cluster: FakeCluster
    ) -> None:
        def behave(name: str) -> None:
            def grade(key: str) -> bytes | None:
                if key == "t0":
                    cluster.leave(name)
                    return None
                return graded(key)

            cluster.join(name, behave=but(grade))

        for name in ("one", "two", "three"):
            behave(name)
        results = {result.key: result for result in pool.grade(tasks(6))}
        assert sorted(results) == expected(6)
        assert results["t0"].status == "broken"
        assert "Grading it ended the grading process, twice (the worker" in results["t0"].why
        assert {results[key].status for key in expected(6)[1:]} == {"graded"}
        assert "three" in cluster.workers

    def test_where_workers_end_by_themselves_a_task_that_was_on_two_is_tried_once_more(
        self, pool: ClusterPool, cluster: FakeCluster
    ) -> None:
        unlucky = []

        def once(name: str, key: str) -> bytes | None:
            if key == "t0" and not unlucky:
                unlucky.append(name)
                cluster.leave(name)
                return None
            return graded(key)

        def go_on() -> None:
            if "first" in cluster.workers:
                cluster.leave("first")
                cluster.leave("second")
            name = f"w{len(cluster.asked)}"
            cluster.join(name, behave=but(lambda key: once(name, key)))

        cluster.join("first", "second", behave=but(lambda key: None))
        pool.ready()
        cluster.on_idle = go_on
        results = {result.key: result for result in pool.grade(tasks(4))}
        assert {key: result.status for key, result in results.items()} == dict.fromkeys(expected(4), "graded")
        assert len(unlucky) == 1


class TestLanesThatDie:
    def test_the_lane_is_started_again_and_its_tasks_are_graded(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        deaths = []

        def grade(key: str) -> bytes:
            if key == "t0" and not deaths:
                deaths.append(key)
                return died()
            if len(cluster.kinds_of("one")) and cluster.kinds_of("one").count("open") == len(deaths):
                return pack({"t": requests.UNKNOWN})  # the lane is gone until it is opened again
            return graded(key)

        cluster.join("one", behave=but(grade))
        assert keys(pool.grade(tasks(5))) == expected(5)
        assert cluster.kinds_of("one").count("open") == 2
        assert cluster.kinds_of("one").count("course") == 2

    def test_a_task_that_ends_two_lanes_is_broken(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        cluster.join("one", "two", behave=but(lambda key: died("no memory") if key == "t2" else graded(key)))
        results = {result.key: result for result in pool.grade(tasks(6))}
        assert results["t2"].status == "broken"
        assert "twice (no memory)" in results["t2"].why
        assert {results[key].status for key in results if key != "t2"} == {"graded"}

    def test_a_worker_whose_lanes_only_die_is_left_out(
        self, pool: ClusterPool, cluster: FakeCluster, notes: list[str]
    ) -> None:
        cluster.join("bad", behave=but(lambda key: died()))
        cluster.join("good", behave=but(lambda key: None))
        pool.ready()

        def answer() -> None:
            for number, (_, key) in list(cluster.held.items()):
                del cluster.held[number]
                cluster.tell(Answered(number, graded(key)))

        cluster.on_idle = answer
        assert len(keys(pool.grade(tasks(30)))) == 30
        assert any("The worker bad is left out: its grading process does not run" in note for note in notes)


class TestWorkersThatCannotBeUsed:
    def test_a_mixed_cluster_is_refused_with_who_has_what(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        def older(header: dict[str, object], payload: bytes) -> bytes | None:
            versions = {"python": "3.12.1", "torch": "2.12.0", "numpy": "2.4.6", "matplotlib": None}
            return opened(versions=versions) if header["t"] == "open" else honest(header, payload)

        cluster.join("one", "two")
        cluster.join("three", behave=older)
        with pytest.raises(UsageError) as error:
            pool.ready()
        text = str(error.value)
        assert "nobody was graded" in text
        assert "  one, two: grader " in text
        assert "torch 2.13.0" in text
        assert "  three: grader " in text
        assert "torch 2.12.0, numpy 2.4.6, matplotlib not installed" in text

    @pytest.mark.parametrize("other", [{"code": "0123456789"}, {"dask": "2020.1"}])
    def test_workers_with_another_grader_or_dask_than_here_are_refused(
        self, pool: ClusterPool, cluster: FakeCluster, other: dict[str, str]
    ) -> None:
        cluster.join(
            "one", behave=lambda header, payload: opened(**other) if header["t"] == "open" else honest(header, payload)
        )  # type: ignore[arg-type]
        with pytest.raises(UsageError, match=r"  here: grader 0\.1\.0 .*\n  one: grader"):
            pool.ready()

    def test_one_that_comes_later_with_other_versions_is_left_out(
        self, pool: ClusterPool, cluster: FakeCluster, notes: list[str]
    ) -> None:
        cluster.join("one")
        pool.ready()
        cluster.join(
            "two",
            behave=lambda header, payload: opened(code="other") if header["t"] == "open" else honest(header, payload),
        )
        assert keys(pool.grade(tasks(9))) == expected(9)
        assert cluster.tasks_of("two") == []
        assert any("The worker two is left out: it has other versions than the others" in note for note in notes)

    def test_workers_that_read_the_course_otherwise_are_refused(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        from dataclasses import replace

        other = opened(replace(READY, course="other"))
        cluster.join("one")
        cluster.join("two", behave=lambda header, payload: other if header["t"] == "open" else honest(header, payload))
        with pytest.raises(CourseError, match="workers read the course otherwise than one does: two"):
            pool.ready()

    def test_one_without_namespaces_is_left_out_and_the_others_grade(
        self, pool: ClusterPool, cluster: FakeCluster, notes: list[str]
    ) -> None:
        refused = pack(messages.encode_error(SandboxError("`--isolation strict` is not possible here")))  # type: ignore[arg-type]
        cluster.join(
            "bad", behave=lambda header, payload: refused if header["t"] == "open" else honest(header, payload)
        )
        cluster.join("good")
        assert keys(pool.grade(tasks(3))) == expected(3)
        assert "The worker bad is left out: `--isolation strict` is not possible here" in notes

    def test_where_none_can_grade_the_batch_ends_with_the_reasons(
        self, pool: ClusterPool, cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(presence, "LEFT_OUT_S", 0.0)
        refused = pack(messages.encode_error(SandboxError("torch is not installed")))  # type: ignore[arg-type]
        cluster.join(
            "one", "two", behave=lambda header, payload: refused if header["t"] == "open" else honest(header, payload)
        )
        with pytest.raises(SandboxError, match=r"No worker of the cluster can grade:\n  one: torch is not installed"):
            pool.ready()

    def test_a_mistake_in_the_command_names_the_worker(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        refused = pack(messages.encode_error(UsageError("there is no /opt/python")))  # type: ignore[arg-type]
        cluster.join(
            "one", behave=lambda header, payload: refused if header["t"] == "open" else honest(header, payload)
        )
        with pytest.raises(UsageError, match="On the worker one: there is no /opt/python"):
            pool.ready()

    def test_one_without_the_grader_is_told_how_to_get_it(
        self, pool: ClusterPool, cluster: FakeCluster, notes: list[str]
    ) -> None:
        cluster.join("good")
        cluster.join("bad", behave=lambda header, payload: None)

        def fail() -> None:
            for number in list(cluster.held):
                del cluster.held[number]
                cluster.tell(Failed(number, "ModuleNotFoundError: No module named 'grader'"))

        cluster.on_idle = fail
        assert keys(pool.grade(tasks(3))) == expected(3)
        assert any("install autograd-grader[cluster] there" in note for note in notes)

    @pytest.mark.parametrize(
        "nonsense",
        [
            b"",
            b"\x80\x04N.",
            b"HTTP/1.1 400 Bad Request",
            pack({"t": "done"}),
            pack({"t": "ready"}),
            pack({"t": "what"}),
            pack({"t": "failed"}),
            pack({"t": "done", "key": "t0", "sizes": [1, "a"]}),
        ],
    )
    def test_one_that_answers_nonsense_is_left_out_and_nothing_is_lost(
        self, pool: ClusterPool, cluster: FakeCluster, notes: list[str], nonsense: bytes
    ) -> None:
        cluster.join("bad", behave=but(lambda key: nonsense))
        cluster.join("good", behave=but(lambda key: None))
        pool.ready()

        def answer() -> None:
            for number, (_, key) in list(cluster.held.items()):
                del cluster.held[number]
                cluster.tell(Answered(number, graded(key)))

        cluster.on_idle = answer
        assert keys(pool.grade(tasks(6))) == expected(6)
        assert any(note.startswith("The worker bad is left out: it sent what cannot be read") for note in notes)

    def test_a_result_of_another_task_is_not_taken(
        self, pool: ClusterPool, cluster: FakeCluster, notes: list[str]
    ) -> None:
        cluster.join("bad", behave=but(lambda key: graded("t0") if key != "t0" else None))
        cluster.join("good")
        assert keys(pool.grade(tasks(8))) == expected(8)
        assert any("a result of another task" in note for note in notes)


class TestWithoutACluster:
    def test_no_worker_ends_the_batch_after_a_while(self, course: Path, cluster: FakeCluster) -> None:
        pool = ClusterPool(GradingOptions(course=course), cluster, wait_s=0.0)
        cluster.tell(Connected())
        with pytest.raises(
            SandboxError, match=r"has had no worker for 0 s, which --cluster-wait allows. What is done is"
        ):
            pool.ready()

    def test_it_does_not_end_before_the_scheduler_has_answered(self, pool: ClusterPool, cluster: FakeCluster) -> None:
        waits = iter(range(10))
        cluster.on_idle = lambda: cluster.join("one") if next(waits) == 5 else None
        assert pool.ready() == READY

    def test_a_scheduler_that_dies_ends_the_batch_with_what_to_do(
        self, pool: ClusterPool, cluster: FakeCluster
    ) -> None:
        cluster.join("one", behave=but(lambda key: None))
        pool.ready()
        cluster.on_idle = lambda: cluster.tell(Lost("the connection to it ended"))
        with pytest.raises(SandboxError, match=r"The scheduler of the cluster is gone: .* the same command goes on"):
            list(pool.grade(tasks(3)))

    def test_a_worker_that_hangs_is_left_out_in_time(
        self, pool: ClusterPool, cluster: FakeCluster, notes: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cluster.join("hangs", behave=but(lambda key: None))
        cluster.join("good")
        pool.ready()
        monkeypatch.setattr(workers, "task_s", lambda run_s: 0.05)
        monkeypatch.setattr(workers, "GRACE_S", 0.0)
        monkeypatch.setattr(workers, "LOOK_EVERY_S", 0.0)
        cluster.on_idle = lambda: time.sleep(0.01)
        assert keys(pool.grade(tasks(4))) == expected(4)
        assert "The worker hangs is left out: it did not answer in time" in notes


def test_the_workers_that_the_batch_starts_with_are_waited_for(
    pool: ClusterPool, cluster: FakeCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not longer than a minute: a machine that starts slowly joins later."""
    monkeypatch.setattr(cluster_pool, "SETTLE_S", 0.0)
    cluster.join("one")
    cluster.join("slow", behave=lambda header, payload: None)
    assert pool.ready() == READY

"""``grade doctor --cluster``: one real worker, and links that answer for workers which are not here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import pytest

from grader import __version__
from grader.classroom.cluster import open_cluster, requests, survey
from grader.classroom.cluster.link import Answered, Event, Failed, Joined, Left, Lost
from grader.cli import doctor
from grader.model import Level
from grader.pipeline import cache_keys
from grader.runtime.protocol.frames import pack
from grader.sandbox.trial_run import SEEN
from tests.helpers.dask_cluster import DaskCluster, state_of

Answer = Callable[[int], Event]


class Link:
    """Workers that answer with what they are told."""

    def __init__(self, answers: dict[str, Answer | None], threads: int = 1) -> None:
        self._answers = answers
        self._events: list[Event] = [Joined(worker, threads) for worker in answers]
        self._numbers = count()
        self.closed = False

    def start(self) -> None:
        pass

    def send(self, worker: str, request: bytes) -> int:
        (header, _), *_ = requests.frames_of(request)
        assert header["t"] == requests.SURVEY
        number = next(self._numbers)
        answer = self._answers[worker]
        if answer is not None:
            self._events.append(answer(number))
        return number

    def forget(self, number: int) -> None:
        pass

    def wait(self, timeout_s: float) -> Sequence[Event]:
        events, self._events = self._events, []
        return events

    def close(self) -> None:
        self.closed = True


def offers(**changed: Any) -> Answer:
    """The answer of a worker that offers all, but for what is changed."""
    about: dict[str, Any] | None = {
        "grader": __version__,
        "code": cache_keys.of_grader(),
        "versions": {"python": "3.11.7", "torch": "2.13.0", "numpy": "2.4.0"},
        "isolation": "strict",
        "mechanisms": ["bubblewrap", "seccomp"],
        "missing": [],
    }
    about = about | changed.pop("about", {})
    if changed.get("error"):
        about = None
    found = {
        "host": "node1",
        "system": "Linux 6, x86_64",
        "cores": 4,
        "memory": 8_000_000_000,
        "about": about,
        "trial": SEEN,
        "error": "",
    } | changed
    return lambda number: Answered(number, pack({"t": requests.SURVEYED, "dask": survey_dask(), "survey": found}))


def survey_dask() -> str:
    from grader.classroom.cluster.connecting import dask_version

    return dask_version()


Doctor = Callable[..., tuple[int, str]]


@pytest.fixture
def diagnose(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Doctor:
    def diagnose(answers: dict[str, Answer | None], threads: int = 1) -> tuple[int, str]:
        link = Link(answers, threads)
        monkeypatch.setattr(survey, "LAST_S", 0.05)
        monkeypatch.setattr(survey, "GRACE_S", 0.05)
        monkeypatch.setattr(survey, "ANSWER_S", 0.05)
        monkeypatch.setattr(open_cluster, "open_link", lambda *_, **__: link)
        code = doctor.main(["--cluster", "tcp://127.0.0.1:8786", "--cluster-wait", "1"])
        assert link.closed
        return code, capsys.readouterr().out

    return diagnose


class TestWhatWorkersOffer:
    def test_workers_that_are_alike_are_said_once_and_others_apart(self, diagnose: Doctor) -> None:
        weak = offers(host="node2", about={"isolation": "reduced", "missing": ["No namespaces here."]})
        code, said = diagnose({"tcp://b:2": offers(), "tcp://a:1": offers(), "tcp://c:3": weak})
        assert code == 0
        assert "workers      3, of which 3 can grade" in said
        assert "2 workers: tcp://a:1, tcp://b:2\n  host         node1 (Linux 6, x86_64): 4 cores, 8.0 GB of mem" in said
        assert "Worker: tcp://c:3\n  host         node2" in said
        assert "isolation    reduced: " in said
        assert "lacks        No namespaces here." in said

    def test_threads_that_are_not_used_are_said(self, diagnose: Doctor) -> None:
        assert "threads      8, of which one is used" in diagnose({"tcp://a:1": offers()}, threads=8)[1]

    def test_more_workers_than_cores_are_said(self, diagnose: Doctor) -> None:
        _, said = diagnose({f"tcp://a:{number}": offers(cores=1) for number in range(2)})
        assert "cores        2 workers share 1 core" in said

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            (offers(error="bubblewrap: no\nnamespaces"), "bubblewrap: no namespaces"),
            (offers(about={"isolation": "none"}), "it cannot isolate submissions"),
            (offers(trial="ended as `timeout`."), "a trial run ended as `timeout`."),
            (lambda number: Failed(number, "ModuleNotFoundError: No module named 'grader'"), "it has no grader"),
            (lambda number: Failed(number, ""), "it ended while it was asked"),
            (lambda number: Left("tcp://a:1", False), "it ended while it was asked"),
            (lambda number: Answered(number, pack({"t": requests.UNKNOWN})), "its grader is older"),
            (lambda number: Answered(number, pack({"t": requests.DIED, "why": "no room"})), "no room"),
            (lambda number: Answered(number, b"nonsense"), "its answer cannot be read"),
            (None, "it did not answer in time"),
        ],
    )
    def test_one_that_cannot_grade_is_said_in_words(self, diagnose: Doctor, answer: Answer | None, why: str) -> None:
        code, said = diagnose({"tcp://a:1": answer, "tcp://b:2": offers()})
        assert code == 3
        assert "workers      2, of which 1 can grade" in said
        assert f"can grade    no: {why}" in said

    def test_one_without_torch_is_refused_as_a_batch_refuses_it(self, diagnose: Doctor) -> None:
        without = offers(about={"versions": {"python": "3.11.7", "torch": None, "numpy": "2"}})
        code, said = diagnose({"tcp://a:1": without, "tcp://b:2": offers()})
        assert code == 2
        assert "can grade    no: torch not installed" in said
        assert "grade batch would refuse this cluster\n" in said

    def test_versions_that_differ_are_refused_as_a_batch_refuses_them(self, diagnose: Doctor) -> None:
        other = offers(about={"versions": {"python": "3.12.0", "torch": "2.9.0", "numpy": "2.4.0"}})
        code, said = diagnose({"tcp://a:1": offers(), "tcp://b:2": other})
        assert code == 2
        assert "grade batch would refuse this cluster\n" in said
        assert "torch 2.9.0" in said

    def test_no_worker_is_an_error(self, diagnose: Doctor) -> None:
        code, said = diagnose({})
        assert code == 3
        assert "The cluster cannot be asked\n  The cluster had no worker for 1 s." in said

    def test_a_scheduler_that_goes_is_an_error(self, diagnose: Doctor) -> None:
        code, said = diagnose({"tcp://a:1": lambda number: Lost("it ended")})
        assert code == 3
        assert "The scheduler of the cluster is gone: it ended." in said


class TestARealCluster:
    def test_a_worker_says_what_it_offers_and_is_as_it_was(self, capsys: pytest.CaptureFixture[str]) -> None:
        with DaskCluster(size=1) as cluster:
            before = state_of(cluster.address)
            assert doctor.main(["--cluster", cluster.address]) == 0
            said = capsys.readouterr().out
            assert f"Worker: {before['addresses'][0]}\n" in said
            assert any(f"\n  isolation    {level}: " in said for level in Level)
            assert "\n  torch        2." in said
            assert "\n  can grade    yes\n" in said
            assert state_of(cluster.address) == before

    def test_nothing_listens_there(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert doctor.main(["--cluster", "tcp://127.0.0.1:9"]) == 2
        assert "No scheduler of Dask is at tcp://127.0.0.1:9" in capsys.readouterr().out

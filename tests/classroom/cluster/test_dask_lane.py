"""What runs on a Dask worker, without Dask: a lane for each batch, which is a stand-in here."""

from __future__ import annotations

import asyncio
import hashlib
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.cluster import dask_lane, requests
from grader.classroom.cluster.dask_lane import end_lane, exchange
from grader.runtime.protocol.frames import Json, pack

ARCHIVE = b"an archive"
LANE = """
import os, sys, time
from pathlib import Path
from grader.sandbox.channel import Channel

folder = Path(sys.argv[1])
channel = Channel(read_fd=os.dup(0), write_fd=os.dup(1))
channel.send({"t": "log", "logger": "grader.x", "level": 30, "text": "it starts"})
start = channel.receive(60)
channel.send({"t": "ready", "archive": (folder / "archive").read_text(), "mode": (folder / "archive").stat().st_mode})
while (frame := channel.receive(60)) is not None:
    kind = frame[0]["t"]
    if kind == "die":
        sys.exit("it was too much")
    if kind == "hang":
        time.sleep(60)
    if kind == "lie":
        os.write(1, b"x" * 100)
    if kind != "quiet":
        channel.send({"t": "done", "said": frame[0].get("say")}, frame[1])
"""


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder where courses lie. Afterwards nothing is left of any batch."""
    monkeypatch.setattr(dask_lane, "COMMAND", (sys.executable, "-c", textwrap.dedent(LANE)))
    monkeypatch.setattr(dask_lane, "_local_folder", lambda: str(tmp_path))
    monkeypatch.setattr(dask_lane, "STOP_S", 0.3)
    yield tmp_path
    for batch in list(dask_lane._lanes):
        asyncio.run(end_lane(batch))
    assert list(tmp_path.iterdir()) == []


def ask(kind: str, payload: bytes = b"", batch: str = "b", **fields: Any) -> list[tuple[Json, bytes]]:
    return list(requests.frames_of(exchange(requests.request(kind, batch, fields, payload))))


def start(batch: str = "b", digest: str = hashlib.sha256(ARCHIVE).hexdigest()) -> list[tuple[Json, bytes]]:
    ask(requests.COURSE, ARCHIVE[:3], batch, part=0)
    ask(requests.COURSE, ARCHIVE[3:], batch, part=1)
    return ask(requests.OPEN, batch=batch, digest=digest, start={"t": "start"}, first=[], within_s=30.0)


def tell(frame: Mapping[str, Any], payload: bytes = b"", within_s: float = 30.0, answers: bool = True) -> Json:
    return ask(requests.ASK, payload, ask=frame, within_s=within_s, answers=answers)[-1][0]


def test_a_lane_gets_the_course_and_answers_many_requests(places: Path) -> None:
    host, logged, ready = start()
    assert host[0]["t"] == requests.HOST
    assert logged[0]["text"] == "it starts"
    assert ready[0]["archive"] == ARCHIVE.decode()
    assert ready[0]["mode"] & 0o777 == 0o600
    assert len(list(places.iterdir())) == 1
    for number in range(3):
        assert tell({"t": "task", "say": number}, b"payload")["said"] == number
    assert tell({"t": "quiet"}, answers=False) == {"t": requests.KEPT}
    assert tell({"t": "task", "say": "on"})["said"] == "on"
    asyncio.run(end_lane("b"))
    assert list(places.iterdir()) == []
    assert tell({"t": "task"}) == {"t": requests.UNKNOWN}


def test_batches_have_lanes_of_their_own() -> None:
    start("one")
    start("two")
    asyncio.run(end_lane("one"))
    asyncio.run(end_lane("never heard of"))
    assert ask(requests.ASK, batch="two", ask={"t": "task", "say": 2}, within_s=30.0, answers=True)[-1][0]["said"] == 2


def test_a_course_that_is_not_here_or_has_another_digest_is_wanted() -> None:
    assert ask(requests.OPEN, digest="", start={}, first=[], within_s=1.0)[-1][0] == {"t": requests.UNKNOWN}
    assert start(digest="0" * 64)[-1][0] == {"t": requests.WANTED}
    assert ask(requests.COURSE, b"a later part", part=1)[-1][0] == {"t": requests.WANTED}
    assert start()[-1][0]["t"] == "ready"


@pytest.mark.parametrize(
    ("kind", "why"),
    [("die", "it was too much"), ("lie", "it sent what cannot be read"), ("hang", "it did not answer in time")],
)
def test_a_lane_that_fails_is_gone_with_its_course_and_can_be_started_again(kind: str, why: str, places: Path) -> None:
    start()
    answer = tell({"t": kind}, within_s=0.5 if kind == "hang" else 30.0)
    assert answer["t"] == requests.DIED
    assert why in answer["why"]
    assert list(places.iterdir()) == []
    assert tell({"t": "task"}) == {"t": requests.UNKNOWN}
    assert start()[-1][0]["t"] == "ready"


def test_a_lane_that_does_not_start_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_lane, "COMMAND", (sys.executable, "-c", "import sys; sys.exit('No module named torch')"))
    answer = start()[-1][0]
    assert (answer["t"], answer["why"]) == (requests.DIED, "No module named torch")
    monkeypatch.setattr(dask_lane, "COMMAND", ("/no/such/python",))
    assert "FileNotFoundError" in start()[-1][0]["why"]


def test_a_batch_that_ends_does_not_wait_for_what_runs() -> None:
    start()
    answers: list[Json] = []
    running = threading.Thread(target=lambda: answers.append(tell({"t": "hang"}, within_s=50.0)))
    running.start()
    lane = dask_lane._lanes["b"]
    while not lane.lock.locked():
        time.sleep(0.01)
    asyncio.run(end_lane("b"))
    running.join(20.0)
    assert not running.is_alive()
    assert answers[0]["t"] == requests.DIED


def test_a_lane_whose_batch_is_not_heard_of_any_more_ends(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start()
    dask_lane.end_unused()
    assert tell({"t": "task", "say": 1})["said"] == 1
    monkeypatch.setattr(dask_lane, "LEASE_S", 0.0)
    dask_lane.end_unused()
    assert tell({"t": "task"}) == {"t": requests.UNKNOWN}
    assert list(places.iterdir()) == []


@pytest.mark.parametrize(
    "nonsense", [b"", b"x", pack({"t": "ask"}), pack({"t": "what", "batch": "b"}), pack({"t": "open", "batch": "b"})]
)
def test_nonsense_is_answered_and_raises_nothing(nonsense: bytes) -> None:
    ((answer, _),) = requests.frames_of(exchange(nonsense))
    assert answer["t"] in (requests.DIED, requests.UNKNOWN)

"""What a job costs that cannot be sent, and how much room there is for what a student sizes."""

from __future__ import annotations

from typing import Any

import pytest

from grader.model import Cell, CompanionFile, Job, Outcome
from grader.runtime.protocol.frames import MAX_JSON, MAX_PAYLOAD, FrameError, pack
from grader.sandbox.encode_job import encode
from grader.sandbox.sandbox import Sandbox

CODE = 512 * 1024
"""Characters of code that are read (``submission.size_limits``)."""


class _TooNarrow:
    """A worker to which nothing can be sent."""

    alive = True
    runs = 0

    def run(self, *args: Any) -> None:
        self.runs += 1
        raise FrameError("a frame's header of 5 bytes is too large; 4 are allowed")


def job(source: str, *files: CompanionFile) -> Job:
    cell = Cell(number=1, source=source, code=source)
    return Job(cells=(cell,), format="ipynb", file_name="hw.ipynb", seed=0, files=files)


def test_a_job_that_cannot_be_sent_is_its_own_loss() -> None:
    worker = _TooNarrow()
    sandbox = Sandbox(worker, lambda: pytest.fail("the worker is not replaced"))  # type: ignore[arg-type]  # a stand-in
    observation = sandbox.run(job("x = 1")).observation
    assert observation.outcome is Outcome.SANDBOX_ERROR
    assert observation.detail.startswith("This submission is too large to be run: a frame's header of 5 bytes")
    assert worker.runs == 1


@pytest.mark.parametrize("sign", ["\U0001f600", "\x01", "\ud800", "x"])
def test_the_largest_submission_is_far_from_the_limits_of_a_frame(sign: str) -> None:
    name = (sign if sign != "\ud800" else "x") * 500
    files = [CompanionFile(f"{name}{number}", b"x" * 41_943) for number in range(200)]
    header, payload = encode(job(f"1 #{sign * (CODE - 3)}", *files))
    frame = pack({"t": "job", **header}, payload)
    assert len(frame) - len(payload) < MAX_JSON / 100
    assert len(payload) < MAX_PAYLOAD / 3

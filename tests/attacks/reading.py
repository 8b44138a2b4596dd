"""Reads a hand-in as ``grade`` does, in a process of its own, and says what that took."""

from __future__ import annotations

import multiprocessing
import re
import warnings
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from grader import submission
from grader.errors import SubmissionError

MB = 1024**2
_SELF = Path("/proc/self")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """``refused`` is the message where nothing can be read; ``peak_mb`` the most memory that the process ever had."""

    refused: str | None
    peak_mb: float


def read(path: Path, limit_s: float) -> Reading:
    """Reads a file. Fails where it takes longer, or ends otherwise."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads, none of which matters here
        process = multiprocessing.get_context("fork").Process(target=_read, args=(path, sender))
        process.start()
    sender.close()
    try:
        assert receiver.poll(limit_s), f"{path} was not read within {limit_s} seconds"
        found: Reading = receiver.recv()
        return found
    finally:
        process.kill()
        process.join()
        receiver.close()


def _read(path: Path, sender: Connection) -> None:
    with suppress(OSError):
        (_SELF / "clear_refs").write_text("5")  # the peak begins anew
    refused = None
    try:
        for each in submission.find([str(path)]):
            submission.load(each)
    except SubmissionError as error:
        refused = str(error)
    peak = re.search(r"VmHWM:\s+(\d+) kB", (_SELF / "status").read_text())
    sender.send(Reading(refused=refused, peak_mb=int(peak[1]) * 1024 / MB if peak else 0.0))

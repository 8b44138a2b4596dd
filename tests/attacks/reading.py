"""Reads a hand-in as ``grade`` does, in a process of its own, and measures what that took."""

from __future__ import annotations

import multiprocessing
import re
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from grader.errors import SubmissionError
from grader.handin import CompanionFinder, WorkFiles, load_file, read_handin
from grader.model import Submission

MB = 1024**2
BUSY = 5
"""So many times longer anything may take on a busy machine."""
_SELF = Path("/proc/self")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """``refused`` is the message where nothing can be read, else there is a ``submission``. ``took_s``: processor time;
    ``peak_mb``: the most memory that the process had.
    """

    submission: Submission | None
    refused: str | None
    took_s: float
    peak_mb: float


def read(path: Path, limit_s: float) -> Reading:
    """Reads a file. Fails where it takes more of a processor, or ends otherwise."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside threads, none of which matters here
        process = multiprocessing.get_context("fork").Process(target=_read, args=(path, sender))
        process.start()
    sender.close()
    try:
        assert receiver.poll(BUSY * limit_s), f"{path} was not read within {BUSY * limit_s} seconds"
        found: Reading = receiver.recv()
        assert found.took_s < limit_s, f"{path} was not read within {limit_s} seconds of a processor"
        return found
    finally:
        process.kill()
        process.join()
        receiver.close()


def _read(path: Path, sender: Connection) -> None:
    with suppress(OSError):
        (_SELF / "clear_refs").write_text("5")  # the peak begins anew
    found, refused = None, None
    began = time.process_time()
    try:
        handin = read_handin(str(path), WorkFiles())
        for each in handin.files:
            found = load_file(each, CompanionFinder(handin)).submission
    except SubmissionError as error:
        refused = str(error)
    took_s = time.process_time() - began
    peak = re.search(r"VmHWM:\s+(\d+) kB", (_SELF / "status").read_text())
    peak_mb = int(peak[1]) * 1024 / MB if peak else 0.0
    sender.send(Reading(submission=found, refused=refused, took_s=took_s, peak_mb=peak_mb))

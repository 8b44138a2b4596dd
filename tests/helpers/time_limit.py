"""For tests that wait for other processes: one that would hang fails, and says where it stood."""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN_S = 20.0
"""What cleans up after a test that was ended has as long."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """End what runs in it after so many seconds. Nothing is ended where the tests run in another than the main thread,
    which alone gets signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _fail)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _fail(number: int, frame: FrameType | None) -> None:
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    stacks = [
        f"{names.get(ident, ident)}:\n{''.join(traceback.format_stack(stack))}"
        for ident, stack in sys._current_frames().items()
    ]
    raise AssertionError("\n".join(("It hung. Where each thread stood:", *stacks)))

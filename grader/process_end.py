"""How processes end: this one, without taking the interpreter apart, object by object, which takes up to a tenth of a
second; and one that this one has started.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from subprocess import Popen


def run_and_end(main: Callable[[], int]) -> NoReturn:
    """Run a program and end the process with its exit code.

    What is registered with ``atexit`` is called: logs are flushed, temporary folders removed. Where threads are left
    that Python waits for, it ends the process as usual.
    """
    try:
        code = main()
    except SystemExit as error:
        if not isinstance(error.code, int):
            raise
        code = error.code
    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.exit(code)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed, full, or not there
            stream.flush()
    os._exit(code)


def end_started(process: Popen[bytes], within_s: float) -> None:
    """End a process that ends itself, and what it started, when its input does. After ``within_s`` it is killed."""
    from subprocess import TimeoutExpired

    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(OSError):
        process.stdin.close()
    try:
        process.wait(within_s)
    except TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def last_words(errors: IO[bytes]) -> str:
    """The last line of the file that a process wrote its standard error to."""
    errors.seek(0)
    written = errors.read().decode("utf-8", "replace").strip()
    return written.splitlines()[-1] if written else "it gave no reason"

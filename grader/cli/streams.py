"""Standard input, output and error of a command, also where they are closed, full, or cannot write every character.

A write to standard output that fails raises ``OutputError``, whatever wrote: ``print``, a rich console, a report
format. (rich alone would end the process with exit code 1, which means that a submission failed.) Standard error only
tells how the work goes, so a failed write to it is ignored.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from grader.errors import reason_of

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from rich.console import Console

MIN_WIDTH = 20
_CLOSED = frozenset({errno.EPIPE, errno.ECONNRESET, errno.ESHUTDOWN})


class OutputError(Exception):
    """Standard output cannot be written. No GraderError, so that no command takes it for an error of a submission.

    ``is_closed``: its reader has ended (``| head``). The message is the reason otherwise.
    """

    def __init__(self, error: OSError) -> None:
        self.is_closed = error.errno in _CLOSED
        super().__init__(reason_of(error))


class _Output(io.BufferedWriter):
    """The bytes of standard output or standard error.

    Errors are handled here and not in the raw stream: a signal that ends the command between the return of the system
    call and the return of a ``write`` in Python would have its bytes written twice.
    """

    def __init__(self, descriptor: int, *, ignores_errors: bool) -> None:
        super().__init__(io.FileIO(descriptor, "w", closefd=False))
        self.ignores_errors = ignores_errors

    def write(self, data: ReadableBuffer) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self._failed(error)
            return memoryview(data).nbytes

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._failed(error)

    def _failed(self, error: OSError) -> None:
        if not self.ignores_errors:
            raise OutputError(error) from None


def open_console(*, stderr: bool = False) -> Console:
    """A console on standard output or standard error. Terminals that say that they have no columns, or hardly any, get
    lines of MIN_WIDTH: rich would print nothing.
    """
    from rich.console import Console

    console = Console(stderr=stderr)
    if console.width < MIN_WIDTH:
        console.width = MIN_WIDTH
    return console


@contextmanager
def guarded_streams() -> Iterator[None]:
    """Replace the process's standard streams while a command runs. Streams that a test has put there stay.

    Flush standard output before leaving: what is still in its buffer then is written, but errors are ignored.
    """
    _open_closed_descriptors()
    before = sys.stdin, sys.stdout, sys.stderr
    written: list[_Output] = []
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it lives as long as the process
    if sys.stdout is sys.__stdout__:
        sys.stdout = _guarded(sys.stdout, 1, written, ignores_errors=False)
    if sys.stderr is sys.__stderr__:
        sys.stderr = _guarded(sys.stderr, 2, written, ignores_errors=True)
    try:
        yield
    finally:
        for output in written:
            output.ignores_errors = True
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        sys.stdin, sys.stdout, sys.stderr = before


def _open_closed_descriptors() -> None:
    """Open /dev/null for standard streams that were closed by whoever started the process (``>&-``). A file or a pipe
    to the worker would get the free number else, and be written to as standard output.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)


def _guarded(stream: TextIO | None, descriptor: int, written: list[_Output], *, ignores_errors: bool) -> TextIO:
    if stream is not None:
        stream.flush()
    output = _Output(descriptor, ignores_errors=ignores_errors)
    written.append(output)
    return io.TextIOWrapper(
        output,
        encoding="utf-8" if stream is None else stream.encoding,
        errors="backslashreplace",
        line_buffering=bool(getattr(stream, "line_buffering", True)),
        write_through=bool(getattr(stream, "write_through", False)),
    )

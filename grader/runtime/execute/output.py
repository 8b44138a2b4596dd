"""Captures standard output and error of a submission up to a limit, and values that a notebook displays."""

from __future__ import annotations

import io
import sys
from collections import deque
from itertools import groupby
from operator import itemgetter
from typing import Any

from ..protocol.record import OUTPUT, OUTPUT_CUT, RUN_NOTE
from ..record.recorder import Recorder
from .statements import Stopped

MAX_KEPT = 200_000
"""Characters kept of a run. Further characters are only counted."""
RESERVED = 40_000
"""Of these, the characters that are divided equally between all statements."""
CHUNK = 8_000


class Capture:
    """Collects the text that a submission writes, and sends it in pieces, in order.

    Each statement may keep a fixed share, and half of what is left besides these shares, so that a long output leaves
    room for later ones. Of a longer output the beginning and the end are kept, and a note says how much is missing.
    """

    def __init__(self, recorder: Recorder, limit: int, *, statements: int) -> None:
        """``statements``: how many statements the submission has at most."""
        self._recorder = recorder
        self._limit = limit
        self._share = RESERVED // max(statements, 1)
        self._shared = MAX_KEPT - RESERVED
        """What is left for statements that need more than the fixed share."""
        self._left = MAX_KEPT
        self._written = 0
        self._pending: list[str] = []
        self._pending_size = 0
        self._stream = "stdout"
        self._statement = -1
        self._room = self._kept = self._end_room = 0
        """Of the current statement: characters that may still be kept of its beginning, that were kept, and that may be
        kept of its end.
        """
        self._end: deque[tuple[str, str]] = deque()
        """The latest text that the beginning had no room for, with its stream."""
        self._end_size = self._cut = 0
        self.muted = False
        self.unheard = 0
        """Characters that were written while it was muted."""

    def install(self) -> None:
        sys.stdout = Text(self, "stdout")
        sys.stderr = Text(self, "stderr")

    def write(self, stream: str, text: str) -> None:
        if self.muted:
            self.unheard += len(text)
            return
        if self._recorder.statement != self._statement:
            self._begin_statement()
        self._written += len(text)
        if self._written > self._limit:
            self.flush()
            raise Stopped("output", f"it printed more than {self._limit} characters")
        if self._room > 0:
            if stream != self._stream:
                self._send_pending()
                self._stream = stream
            kept = text[: self._room]
            self._room -= len(kept)
            self._kept += len(kept)
            self._pending.append(kept)
            self._pending_size += len(kept)
            if self._pending_size >= CHUNK:
                self._send_pending()
            text = text[len(kept) :]
        if text:
            self._keep_end(stream, text)

    def flush(self) -> None:
        """Send everything that is kept of the current statement, and a note if something is missing."""
        self._send_pending()
        if not self._end:
            return
        if (over := self._end_size - self._end_room) > 0:
            stream, text = self._end[0]
            self._end[0] = (stream, text[over:])
            self._cut += over
            self._end_size -= over
        place = self._recorder.place()
        if self._cut:
            missing = (
                f"{self._cut:,} characters of what this printed were not recorded, after the first {self._kept:,}."
            )
            self._recorder.send(RUN_NOTE, place=place, text=missing)
            self._recorder.send(OUTPUT, place=place, stream=self._end[0][0], text=OUTPUT_CUT)
        for stream, texts in groupby(self._end, key=itemgetter(0)):
            text = "".join(text for _, text in texts)
            for start in range(0, len(text), CHUNK):
                self._recorder.send(OUTPUT, place=place, stream=stream, text=text[start : start + CHUNK])
        self._kept += self._end_size
        self._end_room -= self._end_size
        self._end.clear()
        self._end_size = self._cut = 0

    def _begin_statement(self) -> None:
        """Settle what the statement before has kept, and divide what the new one may keep."""
        self.flush()
        self._left -= self._kept
        self._shared -= max(0, self._kept - self._share)
        room = min(self._share + self._shared // 2, self._left)
        self._statement = self._recorder.statement
        self._room = room - room // 2
        self._end_room = room // 2
        self._kept = 0

    def _keep_end(self, stream: str, text: str) -> None:
        self._end.append((stream, text))
        self._end_size += len(text)
        while self._end_size - len(self._end[0][1]) >= self._end_room and len(self._end) > 1:
            _, dropped = self._end.popleft()
            self._end_size -= len(dropped)
            self._cut += len(dropped)

    def _send_pending(self) -> None:
        if self._pending:
            text = "".join(self._pending)
            self._pending.clear()
            self._pending_size = 0
            self._recorder.send(OUTPUT, place=self._recorder.place(), stream=self._stream, text=text)

    def show(self, value: object) -> None:
        """Display a value as a notebook does. Its ``__repr__`` may be the student's code: the time limit applies."""
        self.write("display", f"{value!r}\n")


class Text(io.TextIOBase):
    """A text stream that writes to a Capture. Its ``buffer`` accepts bytes, as that of a standard stream does."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, capture: Capture, name: str) -> None:
        self._capture = capture
        self._name = name
        self.buffer = Bytes(capture, name)

    @property
    def name(self) -> str:
        return f"<{self._name}>"

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._capture.write(self._name, str.__str__(text))
        return len(text)

    def close(self) -> None:
        """Does nothing: output after the closing of a standard stream is captured as well."""


class Bytes(io.RawIOBase):
    """The binary stream of a Text."""

    def __init__(self, capture: Capture, name: str) -> None:
        self._capture = capture
        self._name = name

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        raw = bytes(data)
        self._capture.write(self._name, raw.decode("utf-8", "replace"))
        return len(raw)

    def close(self) -> None:
        """Does nothing: output after the closing of a standard stream is captured as well."""

"""Captures standard output and error of a submission up to a limit, and values that a notebook displays."""

from __future__ import annotations

import io
import sys
from typing import Any

from ..protocol.record import OUTPUT
from ..record.recorder import Recorder
from .statements import Stopped

MAX_KEPT = 200_000
"""Characters kept of a run. Further characters are only counted."""
CHUNK = 8_000


class Capture:
    """Collects the text that a submission writes, and sends it in pieces, in order."""

    def __init__(self, recorder: Recorder, limit: int) -> None:
        self._recorder = recorder
        self._limit = limit
        self._written = self._kept = 0
        self._pending: list[str] = []
        self._pending_size = 0
        self._stream = "stdout"
        self.muted = False

    def install(self) -> None:
        sys.stdout = Text(self, "stdout")
        sys.stderr = Text(self, "stderr")

    def write(self, stream: str, text: str) -> None:
        if self.muted:
            return
        self._written += len(text)
        if self._written > self._limit:
            self.flush()
            raise Stopped("output", f"it printed more than {self._limit} characters")
        if stream != self._stream:
            self.flush()
            self._stream = stream
        room = MAX_KEPT - self._kept
        if room <= 0:
            return
        kept = text[:room]
        self._kept += len(kept)
        self._pending.append(kept)
        self._pending_size += len(kept)
        if self._pending_size >= CHUNK:
            self.flush()

    def flush(self) -> None:
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

"""Captures standard output and error of a submission up to a limit, and values that a notebook displays."""

from __future__ import annotations

import io
import sys
from collections import deque
from itertools import groupby
from operator import itemgetter
from threading import get_ident
from typing import Any

from ..protocol.record import OUTPUT, OUTPUT_CUT, RUN_NOTE
from ..record.recorder import Recorder

RESERVED = 1 / 16
"""The part of the room for the text of a run that is divided equally between all statements."""
CHUNK = 8_000
MAX_TURNS = 8
"""Turns between what is printed and what is displayed that a piece keeps apart; with more of them, all of it counts as
printed, so that a loop does not fill the record with frames."""
LONG = 1_000_000
"""A note counts the characters of a statement that printed as many as this."""
WIDE = 3
"""What a character of a text that is not ASCII takes of the room: about as many bytes in the record."""


class Capture:
    """Collects the text that a submission writes, and sends it in pieces.

    Each statement may keep a fixed share, and half of what is left besides these shares, so that a long output leaves
    room for later ones. Of a longer output the beginning and the end are kept, and a note says how much is missing.
    Nothing is stopped for what it prints: that takes time, which has a limit of its own.

    What is printed and what is displayed stay in their order. Standard error is apart from them, so that a program that
    writes to it in turn with its output needs no frame for each line.
    """

    def __init__(self, recorder: Recorder, room: int, *, statements: int) -> None:
        """``room``: how much text of the run is kept. ``statements``: how many the submission has at most."""
        self._recorder = recorder
        reserved = int(room * RESERVED)
        self._share = reserved // max(statements, 1)
        self._shared = room - reserved
        """What is left for statements that need more than the fixed share."""
        self._left = room
        self._waiting: list[tuple[str, str]] = []
        """What was printed or displayed and neither sent nor dropped, with its stream."""
        self._errors: list[tuple[str, str]] = []
        """The same of standard error."""
        self._waiting_size = 0
        self._main_thread = get_ident()
        self._statement = -1
        self._room = self._used = self._kept = self._end_room = 0
        """Of the current statement: the room that is left for its beginning, the room that it has used, the characters
        that were kept, and the room for its end.
        """
        self._end: deque[tuple[str, str]] = deque()
        """The latest text that the beginning had no room for, with its stream."""
        self._end_size = self._cut = 0
        self._is_noted = False
        """A note about the length of the current statement's output was sent."""
        self.tap: Captured | None = None
        """What a cell captures by ``%%capture name``; None: nothing."""
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
        is_main = get_ident() == self._main_thread
        self._recorder.stream.is_capturing += is_main
        try:
            self._store(stream, text)
        finally:
            self._recorder.stream.is_capturing -= is_main

    def _store(self, stream: str, text: str) -> None:
        if self._recorder.statement != self._statement:
            self._begin_statement()
        if self.tap is not None:
            self.tap.add(stream, text)
        (self._errors if stream == "stderr" else self._waiting).append((stream, text))
        self._waiting_size += len(text)
        if self._waiting_size >= CHUNK:
            self._settle()

    def taken(self) -> Captured:
        """Begin to copy what the cell writes, for ``%%capture name``. It is recorded all the same."""
        self.tap = Captured()
        return self.tap

    def flush(self) -> None:
        """Send everything that is kept of the current statement, and a note if something is missing, or it is long."""
        self._settle()
        if self._end:
            self._send_end()
        if self._kept >= LONG and not self._is_noted:
            self._note(f"this printed {self._kept:,} characters. Checks read all of them; no report shows them.")

    def _note(self, text: str) -> None:
        self._is_noted = True
        self._recorder.send(RUN_NOTE, place=self._recorder.place(), text=text)

    def _send_end(self) -> None:
        while self._end_size > self._end_room:
            stream, text = self._end.popleft()
            size = _size(text)
            over = min(len(text), -((self._end_room - self._end_size) * len(text) // size))
            self._cut += over
            self._end_size -= size
            if rest := text[over:]:
                self._end.appendleft((stream, rest))
                self._end_size += _size(rest)
        place = self._recorder.place()
        if self._cut:
            self._note(
                f"{self._cut:,} characters of what this printed were not recorded, after the first {self._kept:,}."
            )
            for stream in dict.fromkeys(stream for stream, _ in self._end):
                self._recorder.send(OUTPUT, place=place, stream=stream, text=OUTPUT_CUT)
        for stream, text in self._end:
            self._recorder.send(OUTPUT, place=place, stream=stream, text=text)
            self._kept += len(text)
        self._used += self._end_size
        self._end_room -= self._end_size
        self._end.clear()
        self._end_size = self._cut = 0

    def _begin_statement(self) -> None:
        """Settle what the statement before has kept, and divide what the new one may keep."""
        self.flush()
        self._left -= self._used
        self._shared -= max(0, self._used - self._share)
        room = min(self._share + self._shared // 2, self._left)
        self._statement = self._recorder.statement
        self._room = room - room // 2
        self._end_room = room // 2
        self._used = self._kept = 0
        self._is_noted = False

    def _settle(self) -> None:
        """Send what waits, as far as the statement's beginning has room, and keep the rest as its end."""
        if not self._waiting_size:
            return
        self._waiting_size = 0
        for waiting in (self._waiting, self._errors):
            pieces = [
                (stream, "".join(text for _, text in texts)) for stream, texts in groupby(waiting, key=itemgetter(0))
            ]
            waiting.clear()
            if len(pieces) > MAX_TURNS:
                pieces = [("stdout", "".join(text for _, text in pieces))]
            for stream, text in pieces:
                for start in range(0, len(text), CHUNK):
                    self._keep(stream, text[start : start + CHUNK])

    def _keep(self, stream: str, text: str) -> None:
        """Send a piece of the statement's beginning, or keep it as its end for now."""
        if not self._end and self._room > 0:
            kept = text[: max(1, self._room * len(text) // max(_size(text), 1))]
            self._room -= _size(kept)
            self._used += _size(kept)
            self._kept += len(kept)
            self._recorder.send(OUTPUT, place=self._recorder.place(), stream=stream, text=kept)
            text = text[len(kept) :]
        if not text:
            return
        size = _size(text)
        self._end.append((stream, text))
        self._end_size += size
        while self._end_size - _size(self._end[0][1]) >= self._end_room and len(self._end) > 1:
            _, dropped = self._end.popleft()
            self._end_size -= _size(dropped)
            self._cut += len(dropped)

    def show(self, value: object) -> None:
        """Display a value as a notebook does. Its ``__repr__`` may be the student's code: the time limit applies."""
        self.write("display", f"{value!r}\n")


class Captured:
    """What ``%%capture name`` binds to the name: texts that a cell wrote."""

    def __init__(self) -> None:
        self._texts: list[tuple[str, str]] = []

    def add(self, stream: str, text: str) -> None:
        self._texts.append((stream, text))

    def _text(self, stream: str) -> str:
        return "".join(text for name, text in self._texts if name == stream)

    @property
    def stdout(self) -> str:
        return self._text("stdout")

    @property
    def stderr(self) -> str:
        return self._text("stderr")

    @property
    def outputs(self) -> list[str]:
        """The texts of what was displayed."""
        return [text for name, text in self._texts if name == "display"]

    def show(self) -> None:
        for stream, text in list(self._texts):
            (sys.stderr if stream == "stderr" else sys.stdout).write(text)

    __call__ = show

    def __str__(self) -> str:
        return self.stdout


def _size(text: str) -> int:
    """The room that a text takes."""
    return len(text) if text.isascii() else WIDE * len(text)


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

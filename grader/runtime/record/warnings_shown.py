"""Records Python's warnings and prints them on standard error, once for each line of the student's code."""

from __future__ import annotations

import sys
import warnings
from typing import TextIO

from ..protocol.record import WARNING
from .recorder import Recorder
from .stream import cut

MAX_WARNINGS = 50

_FOR_DEVELOPERS = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)
_MISSING_GLYPH = r"Glyph \d+ .*missing from"
"""matplotlib's warning of a missing character. Figures are recorded as data, so it does not matter."""


def set_filters() -> None:
    warnings.resetwarnings()
    warnings.simplefilter("always")
    for category in _FOR_DEVELOPERS:
        warnings.simplefilter("ignore", category)
    warnings.filterwarnings("always", category=DeprecationWarning, module="__main__")
    warnings.filterwarnings("ignore", _MISSING_GLYPH)


class Warnings:
    """Replaces ``warnings.showwarning``."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._seen: set[tuple[str, str, str, int]] = set()

    def install(self) -> None:
        """Set Python's filters so that every warning arrives; repetitions are left out here.

        Python recognises repetitions by the line that raised the warning. For torch's warnings, that is a line of the
        recorder.
        """
        set_filters()
        warnings.showwarning = self._show

    def _show(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        recorder = self._recorder
        if recorder.paused:
            return
        frame = next(recorder.frames(), None)
        if filename not in recorder.files and frame is not None:
            filename, lineno = frame.f_code.co_filename, frame.f_lineno
        text = cut(str(message))
        key = (category.__name__, text, filename, lineno)
        if key in self._seen or len(self._seen) >= MAX_WARNINGS:
            return
        self._seen.add(key)
        place = recorder.place_of(filename, lineno) if filename in recorder.files else recorder.place()
        recorder.send(WARNING, place=place, category=category.__name__[:100], text=text)
        (sys.stderr if file is None else file).write(f"{filename}:{lineno}: {category.__name__}: {text}\n")

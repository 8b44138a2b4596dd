"""Which of the student's lines run now, and which called them."""

from __future__ import annotations

from collections.abc import Mapping
from types import FrameType

Lines = tuple[object, ...]
"""The innermost lines of the student's code, each after its file."""
MAX_FRAMES = 3


def student_lines(frame: FrameType | None, files: Mapping[str, int]) -> tuple[Lines, FrameType | None]:
    """The lines of a frame and of those that called it, and the innermost of the student's frames."""
    lines: Lines = ()
    innermost: FrameType | None = None
    while frame is not None and len(lines) < 2 * MAX_FRAMES:
        if frame.f_code.co_filename in files:
            innermost = innermost or frame
            lines += (frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back
    return lines, innermost

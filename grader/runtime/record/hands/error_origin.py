"""Whether torch itself raised an exception, or code of the submission that torch called: a hook, an own ``Function``,
a ``__torch_function__``, a function that was put in the place of one of torch's.
"""

from __future__ import annotations

import dis
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

from ..recorder import Recorder
from ..stream import Json, raised

MAX_FRAMES = 20_000
_PASSED_ON = "__torch_function__"
_RAISE = dis.opmap["RAISE_VARARGS"]


def described_error(
    error: BaseException, recorder: Recorder, *, call: object = None, args: tuple[Any, ...] = ()
) -> Json:
    """An exception that came out of a call of torch, as ``grader.model.Raised``.

    Must be called where the recorder catches it: the traceback then begins at that call. ``call`` and ``args``: what
    was called, where the recorder knows it.
    """
    frames = list(_frames(error.__traceback__))
    place = None
    for frame, line in reversed(frames):  # an exception that is raised again has its old frames as the innermost
        if frame.f_code.co_filename in recorder.files:
            place = recorder.place_of(frame.f_code.co_filename, line)
    origin = "torch" if _is_of_torch([frame for frame, _ in frames], recorder, call, args) else "submission"
    return {**raised(error), "origin": origin, "raised_at": None if origin == "torch" else place}


def described_error_of_function(error: BaseException, recorder: Recorder) -> Json:
    """An exception that came out of a function of the submission's, as ``grader.model.Raised``.

    The submission raised it where the innermost instruction is a ``raise`` or ``assert`` of the submission's. Otherwise
    torch or Python did: what is written in C has no frame, so the innermost may be the line that called it.
    """
    trace = error.__traceback__
    for _ in range(MAX_FRAMES):
        if trace is None or trace.tb_next is None:
            break
        trace = trace.tb_next
    is_own = trace is not None and _raises(trace) and not _is_installed(trace.tb_frame, recorder)
    return {**raised(error), "origin": "submission" if is_own else "torch"}


def _raises(trace: TracebackType) -> bool:
    return trace.tb_frame.f_code.co_code[trace.tb_lasti] == _RAISE


def _is_installed(frame: FrameType, recorder: Recorder) -> bool:
    return recorder.installed.has(frame.f_code, frame.f_globals)


def _frames(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    """The frames of a traceback with their lines, outermost first."""
    for _ in range(MAX_FRAMES):
        if trace is None:
            return
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _is_of_torch(frames: list[FrameType], recorder: Recorder, call: object, args: tuple[Any, ...]) -> bool:
    """Whether the innermost frame is torch's and no frame above it is the submission's.

    An exception that is raised again keeps its old frames as the innermost, so these alone do not tell who raised it.
    A ``__torch_function__`` of the submission's that passes the very call on to torch's own does not count.
    """
    installed = recorder.installed
    for position, frame in enumerate(frames):
        if _is_installed(frame, recorder):
            continue
        below = frames[position + 1 : position + 3]  # the first may be the recorder's
        if frame.f_code.co_name != _PASSED_ON or not any(_is_same_call(one, recorder, call, args) for one in below):
            return False
    return bool(frames) and installed.is_torch(frames[-1].f_code, frames[-1].f_globals)


def _is_same_call(inner: FrameType, recorder: Recorder, call: object, args: tuple[Any, ...]) -> bool:
    """Whether a frame is that of ``torch.Tensor.__torch_function__`` with the call that the recorder saw."""
    if inner.f_code.co_name != _PASSED_ON or not recorder.installed.is_torch(inner.f_code, inner.f_globals):
        return False
    seen = inner.f_locals
    theirs = seen.get("args", ())
    return call is not None and seen.get("func") == call and len(theirs) == len(args) and all(map(_is, theirs, args))


def _is(one: object, other: object) -> bool:
    return one is other

"""Follows the gradients of a run from the passes that computed them to the curves that draw them.

A second run of the submission shows which curves autograd computed. Two kinds of curves need none:

- a curve that a call draws which draws no gradient, while gradients have been shown and drawn and nothing else;
- a curve with the very values that a pass left in ``.grad``, where the source shows that it draws this gradient, and
  that nothing else can have had the gradient's memory between the pass and the call that drew it.

Anything that could reach a gradient unseen (a hook, another thread, a class of the submission's that torch calls, …)
ends this for the rest of the run, and so does a read of ``.grad`` of which the source does not show what becomes of it.
"""

from __future__ import annotations

import functools
import itertools
import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

import numpy as np
import torch

from ..passes.describe_pass import MAX_LEAVES, DescribedPass
from ..recorder import Recorder
from ..stream import is_one_of, to_numpy
from .source_trees import End, Sources
from .uses_in_source import Uses, UsesInSource

LEAST_POINTS, MOST_POINTS = 10, 10_000
"""Elements of a gradient that a curve may show."""
MAX_PASSES = 100
"""Gradients that are kept; those of later passes are drawn like anything else."""
MAX_FRAMES = 50
MAX_CODES = 10_000
MAX_AT_A_CALL = 16
"""Gradients that one call may draw."""

Floats = np.ndarray[Any, np.dtype[np.float64]]
Place = tuple[str, End]

_OPEN = 0
"""In place of a token: something that is no gradient as a pass left it."""
_watching: GradientUses | None = None
"""Is told of new threads; None until a run begins that asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnFrom:
    """What may be in a curve. ``untouched``: no gradient. ``gradients``: the tokens of those that its call draws."""

    untouched: bool = False
    gradients: frozenset[int] = frozenset()


ANYTHING = DrawnFrom()
UNTOUCHED = DrawnFrom(untouched=True)


class _Left:
    """A gradient as a pass left it in ``.grad``."""

    def __init__(self, gradient: torch.Tensor, values: Floats) -> None:
        self.gradient = weakref.ref(gradient)
        self.version = gradient._version
        self.values = values


class GradientUses:
    """Is told of passes, reads of ``.grad`` and calls that draw, and tells what a drawn curve was computed from."""

    def __init__(self, recorder: Recorder, texts: Mapping[str, str]) -> None:
        """``texts``: the sources of the submission by file name."""
        self._recorder = recorder
        self._texts = texts
        self._in_source: UsesInSource | None = None
        self._escaped = False
        self._left: dict[int, _Left] = {}
        self._codes: dict[int, CodeType] = {}
        """Kept, so that no other code gets the id of one of them."""
        self._known: dict[tuple[int, int], Uses | None] = {}
        self._at: dict[Place, set[int]] = {}
        """The tokens of the gradients that a call may draw."""
        self._ends: dict[tuple[int, int], End] = {}

    def install(self) -> None:
        """Watch for threads and processes, whose reads of ``.grad`` nobody sees."""
        global _watching  # the worker has replaced what its children watch
        _watching = self
        os.register_at_fork(after_in_parent=self.escape)

    def escape(self) -> None:
        """A gradient may be in anything from now on, and anything may write to it."""
        self._escaped = True

    def note_pass(self, event: DescribedPass, leaves: Iterable[torch.Tensor]) -> None:
        """A pass of ``backward`` is over, before which these of its leaves had no ``.grad``."""
        has_hands, fields = bool(event.hands or event.acted), event.fields
        if self._escaped or has_hands or event.order != 1 or fields["create_graph"] or fields["group"]:
            return
        # A retained gradient may share memory with that of a leaf.
        if len(event.leaves) >= MAX_LEAVES or not all(leaf.is_leaf for leaf in event.leaves):
            return
        for leaf in leaves:
            self._note_left(leaf)

    def _note_left(self, leaf: torch.Tensor) -> None:
        gradient = leaf.grad if leaf.is_leaf else None
        if (
            gradient is None
            or len(self._left) >= MAX_PASSES
            or not is_one_of(type(leaf), (torch.Tensor, torch.nn.Parameter))
            or type(gradient) is not torch.Tensor
            or gradient.requires_grad
            or gradient.dtype not in (torch.float32, torch.float64)
            or not LEAST_POINTS <= gradient.numel() <= MOST_POINTS
        ):
            return
        values = to_numpy(gradient)
        if values is not None:
            token = self._recorder.stream.tokens.of(gradient)
            self._left[token] = _Left(gradient, values.astype(np.float64).ravel())

    def note_read(self, frame: FrameType, tensor: torch.Tensor) -> None:
        """The submission reads ``.grad`` of a tensor in the line that ``frame`` runs."""
        if self._escaped or self._recorder.paused or self._recorder.figures_only:
            return
        key = self._key_of(frame)
        if key not in self._known:
            self._known[key] = self._uses_at(frame)
        uses = self._known[key]
        if uses is not None and not uses.draws:
            return
        with torch._C.DisableTorchFunction():
            gradient = tensor.grad if tensor.is_leaf or tensor.retains_grad else None
        if gradient is None:
            return
        if uses is None:
            self.escape()
            return
        token = self._token_of(gradient)
        for place in uses.draws:
            drawn = self._at.setdefault(place, set())
            drawn.add(token if place in uses.exact and len(drawn) < MAX_AT_A_CALL else _OPEN)

    def drawn_from(self) -> DrawnFrom:
        """What may be in what is being drawn now, by a call in the submission's source."""
        if self._escaped or not self._is_drawn_by_a_library():
            return ANYTHING
        if self._at:
            frames = itertools.islice(self._recorder.frames(), MAX_FRAMES)
            calls = [(frame.f_code.co_filename, self._end_in(frame)) for frame in frames]
            drawing = [call for call in calls if call in self._at]
            if drawing:
                tokens = self._at[drawing[0]]
                is_plain = drawing == calls[:1] and _OPEN not in tokens
                return DrawnFrom(gradients=frozenset(tokens)) if is_plain else ANYTHING
        return UNTOUCHED

    def gradient_in(self, drawn: DrawnFrom, y: Floats) -> int:
        """The token of the gradient whose values a curve has; 0 if there is none, or more than one."""
        found = [
            token
            for token in drawn.gradients
            if (left := self._left.get(token)) is not None and np.array_equal(left.values, y)
        ]
        return found[0] if len(found) == 1 else 0

    def _is_drawn_by_a_library(self) -> bool:
        """Whether the line of the submission that draws calls a library, and no module of the submission's own, whose
        source nobody has looked at.
        """
        recorder = self._recorder
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename not in recorder.files:
            if not recorder.installed.has(frame.f_code, frame.f_globals):
                return False
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename in self._texts

    def _token_of(self, gradient: torch.Tensor) -> int:
        token = self._recorder.stream.tokens.known(gradient)
        left = self._left.get(token)
        is_as_left = left is not None and left.gradient() is gradient and left.version == gradient._version
        return token if is_as_left else _OPEN

    def _uses_at(self, frame: FrameType) -> Uses | None:
        file = frame.f_code.co_filename
        if file not in self._texts:
            return None
        if self._in_source is None:
            self._in_source = UsesInSource(Sources(self._texts))
        return self._in_source.of_read(file, self._end_in(frame))

    def _end_in(self, frame: FrameType) -> End:
        """Where the expression ends that a frame runs."""
        key = self._key_of(frame)
        if key not in self._ends:
            positions = itertools.islice(frame.f_code.co_positions(), max(0, frame.f_lasti // 2), None)
            _, line, _, column = next(positions, (0, 0, 0, 0))
            self._ends[key] = line or 0, column or 0
        return self._ends[key]

    def _key_of(self, frame: FrameType) -> tuple[int, int]:
        """By identity: for Python, the codes of two cells are equal where both have one line of the same text."""
        code = frame.f_code
        self._codes[id(code)] = code
        if len(self._codes) > MAX_CODES:
            self.escape()
        return id(code), frame.f_lasti


def _watch_threads() -> None:
    """Once, at import, in the worker: in every child it would copy the worker's memory."""
    import _thread

    @functools.cache  # threading has the functions of _thread
    def watched(original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def start(*args: Any, **kwargs: Any) -> Any:
            if _watching is not None:
                _watching.escape()
            return original(*args, **kwargs)

        return start

    for module in (_thread, threading):
        for name in (
            "start_new_thread",
            "start_new",
            "_start_new_thread",
            "start_joinable_thread",
            "_start_joinable_thread",
        ):
            if hasattr(module, name):
                setattr(module, name, watched(getattr(module, name)))


_watch_threads()

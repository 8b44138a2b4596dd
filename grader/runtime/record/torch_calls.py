"""Records torch calls on the main thread, including exceptions that the student's code catches."""

from __future__ import annotations

import functools
import sys
from collections import Counter
from collections.abc import Callable
from types import CodeType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from ..protocol.record import TORCH_CALL, TORCH_ERROR
from .cut_tensors import DETACH_IN_PLACE, GET_GRAD, CutTensors
from .gradient_uses.gradient_uses import GradientUses
from .hands.error_origin import described_error
from .hands.silent_writes import OPENING, SilentWrites
from .passes.origins import Origins
from .recorder import Recorder
from .steps.steps import Steps
from .steps.torch_functions import FRESH, LOOKED_AT, makes_leaf, writes
from .stream import is_tensor

_REDUCTIONS = frozenset({"sum", "mean", "__getitem__"})
_PIECES = frozenset({"__iter__", "unbind"})
"""``for piece in d`` and ``d.unbind()``: each piece is an element of ``d``, as by indexing."""
MAX_CALLS_OF_A_LINE = 20
"""Calls of one name from one line that are recorded while a statement runs."""
_PASSES = frozenset({"backward", "grad"})
"""Recorded by ``record.passes.autograd``, in more detail."""


def watch_parameters(
    report: Callable[[str, tuple[Any, ...], BaseException], None], made: Callable[[object], None] | None = None
) -> None:
    """Report errors of ``nn.Parameter(...)``, such as for integers. Function modes do not see its constructor.
    ``made`` is told of each parameter; None: nobody asks.
    """
    original = torch.nn.Parameter.__new__

    @functools.wraps(original)
    def new(cls: type[Any], *args: Any, **kwargs: Any) -> Any:
        try:
            parameter = original(cls, *args, **kwargs)
        except Exception as error:
            report("Parameter", args, error)
            raise
        if made is not None:
            made(parameter)
        return parameter

    torch.nn.Parameter.__new__ = staticmethod(new)  # type: ignore[method-assign]  # the process is for one run only


class TorchCalls(TorchFunctionMode):
    """Reports failed calls, calls that a probe asked for, and reductions that a later pass may start from."""

    def __init__(
        self,
        recorder: Recorder,
        origins: Origins,
        writes: SilentWrites,
        watched: tuple[str, ...],
        uses: GradientUses | None = None,
        steps: Steps | None = None,
    ) -> None:
        """``uses``: is told of reads of ``.grad``, ``steps`` of what may write to leaves; None: nobody asks."""
        super().__init__()
        self._recorder = recorder
        self._origins = origins
        self._writes = writes
        self._uses = uses
        self._steps = steps
        self._watched = frozenset(watched)
        self._looked_at = self._watched | OPENING | _REDUCTIONS | _PIECES | {DETACH_IN_PLACE, "retain_grad"}
        if steps is not None:
            self._looked_at |= LOOKED_AT
        self._ignores_grad = "__get__" not in self._watched
        """Whether reading ``.grad``, which opens no way to a tensor's memory, is nothing to look at."""
        self._cut_tensors = CutTensors(recorder, self._watched, origins.cut_uses)
        self._counts: Counter[tuple[str, CodeType, int]] = Counter()
        self._counted_at = -1
        watch_parameters(self._failed, None if steps is None else steps.note_made)

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        name = getattr(func, "__name__", "")
        if name == "__get__" and self._uses is not None and func == GET_GRAD:
            self._uses.note_read(sys._getframe(1), args[0])
        is_ordinary = name not in self._looked_at or (self._ignores_grad and name == "__get__" and func == GET_GRAD)
        if is_ordinary and not self._writes.exposed and not self._cut_tensors.is_followed:
            # Most calls. What is done here counts: it is done at every operation of a loop.
            try:
                return func(*args, **kwargs) if kwargs else func(*args)
            except Exception as error:
                self._failed(name, args, error, func)
                raise
        if self._steps is not None and writes(name, func):
            self._steps.note_call(name, args)
        had_graph = name == DETACH_IN_PLACE and self._cut_tensors.has_graph(args)
        if name in OPENING:
            self._writes.note_opening(name, func, args)
        elif self._writes.exposed:
            self._writes.note_uses(args)
        try:
            result = func(*args, **(kwargs or {}))
        except Exception as error:
            self._failed(name, args, error, func)
            raise
        if self._steps is not None and makes_leaf(name, func):
            made = args[0] if name == "__set__" and args else result
            self._steps.note_made(made, is_fresh=name in FRESH)
        if name in _REDUCTIONS:
            self._origins.note_reduction(name, result, args)
        elif name in _PIECES and args:
            pieces = tuple(result)
            for index, piece in enumerate(pieces):
                self._origins.note_reduction("__getitem__", piece, (args[0], index))
            result = iter(pieces) if name == "__iter__" else pieces
        elif name == "retain_grad" and args:
            self._origins.note_retained(args[0])
        name = self._cut_tensors.note(name, func, args, result, had_graph=had_graph)
        if name in self._watched and not self._recorder.paused and self._has_room(name):
            is_known = args and self._cut_tensors.is_asked
            source = self._cut_tensors.source_of(args[0]) if is_known else 0
            self._report(TORCH_CALL, name, args, source=source, agrees=result if type(result) is bool else None)
        return result

    def _has_room(self, name: str) -> bool:
        """Whether a call at this place is recorded: in a loop only the first ones are."""
        recorder, frame = self._recorder, sys._getframe(2)
        if self._counted_at != recorder.statement:
            self._counted_at = recorder.statement
            self._counts.clear()
        key = name, frame.f_code, frame.f_lineno
        self._counts[key] += 1
        return self._counts[key] <= MAX_CALLS_OF_A_LINE

    def _failed(self, name: str, args: tuple[Any, ...], error: BaseException, call: object = None) -> None:
        if name not in _PASSES and not self._recorder.paused:
            described = described_error(error, self._recorder, call=call, args=args)
            self._report(TORCH_ERROR, name, args, error=described)

    def _report(self, kind: str, name: str, args: tuple[Any, ...], **fields: object) -> None:
        recorder = self._recorder
        tensor = next((argument for argument in args if is_tensor(argument)), None)
        with recorder.pause():
            described = recorder.stream.value(tensor) if tensor is not None else None
            known = described if described is not None and "$array" in described else None
            recorder.send(kind, place=recorder.place(), call=name[:100], tensor=known, **fields)

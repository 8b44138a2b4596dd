"""Which tensors were taken out of a graph: by ``detach``, by ``.data``, or as results of operations under ``no_grad``.

A probe asks for these by the names of ``TorchCall.call``.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Iterator
from types import FrameType
from typing import Any

import torch

from .recorder import Recorder
from .stream import is_tensor

DATA = "data"
"""What reading ``.data`` is called in a probe."""
NO_GRAD = "no_grad"
"""What an operation on a tensor that requires grad is called in a probe, where gradients are turned off."""
DETACH_IN_PLACE = "detach_"
CONVERSIONS = frozenset({"numpy", "__array__"})
_CUTS = frozenset({"detach", DETACH_IN_PLACE, "__get__"})
MAX_CUT = 1_000
_HERE = __name__.partition(".")[0]
_GET_DATA = torch.Tensor.data.__get__  # type: ignore[attr-defined]  # a getter
_GET_GRAD = torch.Tensor.grad.__get__  # type: ignore[union-attr]  # a getter


class CutTensors:
    """Follows what is computed from a tensor that was taken out of a graph, as long as it stays out."""

    def __init__(self, recorder: Recorder, watched: frozenset[str]) -> None:
        self._recorder = recorder
        self._is_asked = not watched.isdisjoint({DATA, NO_GRAD, *CONVERSIONS})
        self._sources: dict[int, tuple[weakref.ref[torch.Tensor], int]] = {}
        """Tensors out of a graph by their ids, with the token of the tensor in the graph that they come from."""

    def has_graph(self, args: tuple[Any, ...]) -> bool:
        """Whether the tensor that a call is about requires grad. Asked before a call that changes this."""
        with torch._C.DisableTorchFunction():
            return bool(args) and is_tensor(args[0]) and args[0].requires_grad

    def note(self, name: str, func: object, args: tuple[Any, ...], result: object, *, had_graph: bool) -> str:
        """Note a call that worked. Returns what a probe may call it: ``data``, ``no_grad``, otherwise its name.

        ``had_graph``, of ``detach_``: the tensor required grad before.
        """
        if not self._is_asked or self._recorder.paused:
            return name
        is_off = not torch.is_grad_enabled()
        if not (is_off or self._sources or name in _CUTS) or name in CONVERSIONS:
            return name
        with torch._C.DisableTorchFunction():
            return self._note(name, func, args, result, is_off=is_off, had_graph=had_graph)

    def source_of(self, tensor: torch.Tensor | None) -> int:
        """The token of the tensor in a graph that a tensor comes from; 0: it was not taken out of a graph."""
        known = self._sources.get(id(tensor))
        return known[1] if known is not None and known[0]() is tensor else 0

    def _note(
        self, name: str, func: object, args: tuple[Any, ...], result: object, *, is_off: bool, had_graph: bool
    ) -> str:
        is_data = name == "__get__" and func == _GET_DATA
        if name == "__get__" and not is_data and func == _GET_GRAD:
            return name  # what autograd computed was in no graph
        is_cut = is_off or is_data or name == "detach"
        for tensor in _tensors(args):
            source = self.source_of(tensor)
            if not source and ((is_cut and tensor.requires_grad) or had_graph):
                source = self._recorder.stream.tokens.of(tensor)
            if source and is_tensor(result) and not result.requires_grad:
                while len(self._sources) >= MAX_CUT:
                    del self._sources[next(iter(self._sources))]
                self._sources[id(result)] = weakref.ref(result), source
                if is_data:
                    return DATA
                return NO_GRAD if is_off and name not in _CUTS and self._is_called_by_the_student() else name
        return DATA if is_data else name

    def _is_called_by_the_student(self) -> bool:
        """Whether an operation stands in the student's code: optimizers compute without gradients by themselves."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename not in self._recorder.files:
            module = str(frame.f_globals.get("__name__"))
            if module.startswith("torch.optim") or not module.startswith(("torch.", _HERE)):
                return False
            frame = frame.f_back
        return frame is not None


def _tensors(args: tuple[Any, ...]) -> Iterator[torch.Tensor]:
    """The tensors among the arguments of a call, and in lists among them."""
    for argument in args:
        if is_tensor(argument):
            yield argument
        elif type(argument) in (list, tuple):
            yield from (item for item in argument if is_tensor(item))

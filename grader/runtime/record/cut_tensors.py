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

from .passes.cut_uses import CutUses
from .recorder import Recorder
from .stream import is_one_of, is_tensor

DATA = "data"
"""What reading ``.data`` is called in a probe."""
NO_GRAD = "no_grad"
"""What an operation on a tensor that requires grad is called in a probe, where gradients are turned off."""
DETACH_IN_PLACE = "detach_"
CONVERSIONS = frozenset({"numpy", "__array__"})
_DETACHING = frozenset({"detach", DETACH_IN_PLACE})
_CUTTING = _DETACHING | {"__get__"}
MAX_CUT = 1_000
MAX_FOLLOWED = 4_000
"""Calls that are looked at where no probe asks for it, but only the pictures of graphs: it doubles what the recorder
costs in a loop."""
_WRAPPERS = frozenset({torch._tensor.__file__, torch.functional.__file__, torch.nn.functional.__file__})
"""Files of torch in which functions of a name are Python code around others."""
GET_DATA = torch.Tensor.data.__get__  # type: ignore[attr-defined]  # a getter
GET_GRAD = torch.Tensor.grad.__get__  # type: ignore[union-attr]  # a getter


class CutTensors:
    """Follows what is computed from a tensor that was taken out of a graph, as long as it stays out.

    ``is_asked``: some probe asks for it. ``is_followed``: every call has to be noted. Where no probe asks, that is so
    once something was taken out, for the pictures of graphs.
    """

    def __init__(self, recorder: Recorder, watched: frozenset[str], uses: CutUses) -> None:
        self._recorder = recorder
        self._uses = uses
        self.is_asked = self.is_followed = not watched.isdisjoint({DATA, NO_GRAD, *CONVERSIONS})
        self._left = MAX_FOLLOWED
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
        # Most calls end here, so this part is written for speed.
        if not (self.is_followed or (name in _CUTTING and self._left)):
            return name
        if self._recorder.paused or name in CONVERSIONS or not is_tensor(result):
            return name
        is_data = name == "__get__" and func == GET_DATA
        is_off = not torch.is_grad_enabled()
        if name == "__get__" and func == GET_GRAD:
            return name  # what autograd computed was in no graph
        if not self.is_asked:
            if is_off or (name == "__get__" and not is_data):
                return name
            self._left -= 1
            self.is_followed = self._left > 0
            self._uses.is_incomplete = not self.is_followed
        if not (is_data or name in _DETACHING):
            # Optimizers compute without gradients by themselves, and take nothing out of a graph for the student.
            if is_off and not self._is_called_by_the_student():
                return name
            if not is_off and (not self._sources or self._is_passed_on(args, result)):
                return name
        with torch._C.DisableTorchFunction():
            is_cut = is_off or is_data or name == "detach"
            is_new = self._note(args, result, is_cut=is_cut, had_graph=had_graph)
        if is_data:
            return DATA
        return NO_GRAD if is_new and is_off and name not in _DETACHING else name

    def source_of(self, tensor: torch.Tensor | None) -> int:
        """The token of the tensor in a graph that a tensor comes from; 0: it was not taken out of a graph."""
        known = self._sources.get(id(tensor))
        return known[1] if known is not None and known[0]() is tensor else 0

    def _is_passed_on(self, args: tuple[Any, ...], result: torch.Tensor) -> bool:
        """Do what ``_note`` does for the usual case, faster. False: this is not the usual case."""
        for argument in args:
            kind = type(argument)
            if kind is list or kind is tuple:
                return False
            known = self._sources.get(id(argument))
            if known is not None and known[0]() is argument:
                if type(result) is not torch.Tensor:
                    return False
                if result.requires_grad:
                    self._uses.note(result, known[0], known[1])
                else:
                    self._remember(result, known[1])
                return True
        return True

    def _remember(self, result: torch.Tensor, source: int) -> None:
        if len(self._sources) >= MAX_CUT:
            alive = [(key, known) for key, known in self._sources.items() if known[0]() is not None]
            self._sources = dict(alive[-MAX_CUT // 2 :])
        self._sources[id(result)] = weakref.ref(result), source

    def _note(self, args: tuple[Any, ...], result: torch.Tensor, *, is_cut: bool, had_graph: bool) -> bool:
        """Remember where a result comes from, if it comes from a tensor in a graph and is in none itself."""
        if result.requires_grad:
            for tensor in _tensors(args):
                if source := self.source_of(tensor):
                    self._uses.note(result, self._sources[id(tensor)][0], source)
            return False
        for tensor in _tensors(args):
            source = self.source_of(tensor)
            if not source and ((is_cut and tensor.requires_grad) or had_graph):
                source = self._recorder.stream.tokens.of(tensor)
            if source:
                self._remember(result, source)
                return True
        return False

    def _is_called_by_the_student(self) -> bool:
        """Whether an operation stands in the student's code, or in torch's Python code for what is called there."""
        frame: FrameType | None = sys._getframe(3)
        while frame is not None:
            file = frame.f_code.co_filename
            if file in self._recorder.files:
                return True
            if file not in _WRAPPERS:
                return False
            frame = frame.f_back
        return False


def _tensors(args: tuple[Any, ...]) -> Iterator[torch.Tensor]:
    """The tensors among the arguments of a call, and in lists among them."""
    for argument in args:
        if is_tensor(argument):
            yield argument
        elif is_one_of(type(argument), (list, tuple)):
            yield from (item for item in argument if is_tensor(item))

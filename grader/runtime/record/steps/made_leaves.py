"""Where leaves were made: what tells the next value of a name from another first value."""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterable
from types import CodeType

import torch

from ..passes.small_tensors import MAX_COPIED
from ..recorder import Recorder
from ..stream import Json
from .student_lines import Lines, student_lines

MAX_MADE = 64
"""Leaves that are kept: a function has ended when the statement does, and its last tensor would be lost."""
MAX_CODES = 1_000
_LOADS = frozenset({"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FAST", "LOAD_DEREF", "LOAD_FAST_CHECK"})


class _Made:
    """A leaf, and the lines of the student's code that made it, the innermost first."""

    __slots__ = ("code", "lines", "place", "tensor")

    def __init__(self, tensor: torch.Tensor, lines: Lines, place: Json, code: CodeType) -> None:
        self.tensor = tensor
        self.lines = lines
        self.place = place
        self.code = code


class MadeLeaves:
    """The leaves that were made last, by their tokens."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._made: dict[int, _Made] = {}
        self._loaded: dict[CodeType, frozenset[str]] = {}

    def note(self, tensor: torch.Tensor) -> None:
        """Note a leaf that was made now."""
        if not tensor.is_leaf or tensor.numel() > MAX_COPIED:
            return
        lines, innermost = student_lines(sys._getframe(1), self._recorder.files)
        if innermost is None:
            return
        token = self._recorder.stream.tokens.of(tensor)
        self._made.pop(token, None)
        self._made[token] = _Made(tensor, lines, self._recorder.place(), innermost.f_code)
        while len(self._made) > MAX_MADE:
            del self._made[next(iter(self._made))]

    def clear(self) -> None:
        """Let go of the tensors of the statement that ends, but for the last few, which the next one may be about."""
        while len(self._made) > MAX_MADE // 8:
            del self._made[next(iter(self._made))]

    def lines_of(self, token: int) -> Lines:
        """The lines that made a leaf; empty: not known."""
        made = self._made.get(token)
        return () if made is None else made.lines

    def place_of(self, token: int) -> Json | None:
        made = self._made.get(token)
        return None if made is None else made.place

    def reads(self, token: int, names: Iterable[str]) -> bool:
        """Whether the code that made a leaf reads one of these names, as ``w = (w - 0.1 * w.grad).detach()`` does."""
        made = self._made.get(token)
        if made is None:
            return False
        loaded = self._loaded.get(made.code)
        if loaded is None:
            loaded = frozenset(
                argument
                for instruction in dis.get_instructions(made.code)
                if instruction.opname in _LOADS
                for argument in (instruction.argval if type(instruction.argval) is tuple else (instruction.argval,))
                if type(argument) is str
            )
            if len(self._loaded) < MAX_CODES:
                self._loaded[made.code] = loaded
        return not loaded.isdisjoint(names)

    def take(self, token: int) -> None:
        """Let a leaf be the next value of one other leaf only."""
        self._made.pop(token, None)

    def made_since(self, token: int, lines: Lines, like: torch.Tensor) -> torch.Tensor | None:
        """The first leaf that some lines made after the leaf with a token, of the same shape and dtype."""
        for known, made in self._made.items():
            is_alike = made.tensor.shape == like.shape and made.tensor.dtype == like.dtype
            if known > token and made.lines == lines and is_alike:
                return made.tensor
        return None

    def made_of(self, token: int, names: Iterable[str]) -> torch.Tensor | None:
        """The first leaf that a statement of the module made by reading one of these names, after the leaf with a
        token.
        """
        for known, made in self._made.items():
            if known > token and made.code.co_name == "<module>" and self.reads(known, names):
                return made.tensor
        return None

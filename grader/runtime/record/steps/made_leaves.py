"""Where leaves were made: what tells the next value of a name from another first value."""

from __future__ import annotations

import dis
import sys
from collections.abc import Iterable
from types import CodeType, FrameType

import torch

from ..passes.small_tensors import MAX_COPIED
from ..recorder import Recorder
from ..stream import Json
from .carried_names import CarriedNames
from .student_lines import Lines, student_lines

MAX_MADE = 64
"""Leaves that are kept: a function has ended when the statement does, and its last tensor would be lost."""
MAX_CODES = 1_000
_LOADS = frozenset({"LOAD_NAME", "LOAD_GLOBAL", "LOAD_FAST", "LOAD_DEREF", "LOAD_FAST_CHECK"})


class _Made:
    """A leaf, and the lines of the student's code that made it, the innermost first."""

    __slots__ = ("codes", "is_fresh", "lines", "place", "tensor")

    def __init__(self, tensor: torch.Tensor, lines: Lines, place: Json, frame: FrameType, *, is_fresh: bool) -> None:
        self.tensor = tensor
        self.lines = lines
        self.place = place
        self.codes: list[CodeType] = []
        """The code of these lines, as far as one part of it called the other."""
        caller: FrameType | None = frame
        for _ in lines[::2]:
            if caller is not None and caller.f_code.co_filename in lines:
                self.codes.append(caller.f_code)
                caller = caller.f_back
        self.is_fresh = is_fresh
        """Its numbers are of nothing that was before: zeros, or drawn at random."""


class MadeLeaves:
    """The leaves that were made last, by their tokens."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._made: dict[int, _Made] = {}
        self._loaded: dict[CodeType, frozenset[str]] = {}
        self._carried: dict[CodeType, CarriedNames] = {}

    def note(self, tensor: torch.Tensor, *, is_fresh: bool = False) -> None:
        """Note a leaf that was made now. ``is_fresh``: of numbers of its own, such as zeros."""
        if not tensor.is_leaf or tensor.numel() > MAX_COPIED:
            return
        lines, innermost = student_lines(sys._getframe(1), self._recorder.files)
        if innermost is None:
            return
        token = self._recorder.stream.tokens.of(tensor)
        before = self._made.pop(token, None)
        is_fresh = is_fresh or (before is not None and before.is_fresh)
        self._made[token] = _Made(tensor, lines, self._recorder.place(), innermost, is_fresh=is_fresh)
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
        loaded = self._loaded.get(made.codes[0])
        if loaded is None:
            loaded = frozenset(
                argument
                for instruction in dis.get_instructions(made.codes[0])
                if instruction.opname in _LOADS
                for argument in (instruction.argval if type(instruction.argval) is tuple else (instruction.argval,))
                if type(argument) is str
            )
            if len(self._loaded) < MAX_CODES:
                self._loaded[made.codes[0]] = loaded
        return not loaded.isdisjoint(names)

    def carriers(self, token: int, names: Iterable[str]) -> tuple[str, ...]:
        """The names that carry the numbers of a leaf from one turn of a loop to the next: its own name, or that of the
        list that it is in, first. Empty: there are none.
        """
        made = self._made.get(token)
        if made is None or made.is_fresh:
            return ()
        # A file, its line, and those of what called it.
        lines = [line for line in made.lines[1::2] if type(line) is int]
        roots = {name.partition(".")[0].partition("[")[0] for name in names}
        for code, line in zip(made.codes, lines, strict=False):
            carried = self._carried.get(code)
            if carried is None:
                carried = CarriedNames(code)
                if len(self._carried) < MAX_CODES:
                    self._carried[code] = carried
            for name in roots or carried.stored_at(line):
                if found := carried.carriers_of(name):
                    return found
        return ()

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
            if known > token and made.codes[0].co_name == "<module>" and self.reads(known, names):
                return made.tensor
        return None

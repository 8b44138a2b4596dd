"""Which code branches a call takes in the student's functions: the lines that run, in order, and the boolean masks that
select elements.
"""

from __future__ import annotations

import dis
import itertools
import sys
import zlib
from collections.abc import Container
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from ..record.stream import is_tensor, to_numpy

_MASKING = frozenset(
    {
        "where",
        "masked_fill",
        "masked_fill_",
        "masked_select",
        "masked_scatter",
        "masked_scatter_",
        "index_put",
        "index_put_",
        "__getitem__",
        "__setitem__",
    }
)
"""torch's functions that treat elements differently by a boolean mask."""
_64_BITS = 0xFFFF_FFFF_FFFF_FFFF


class BranchTrace(TorchFunctionMode):
    """Traces the code that runs inside the ``with`` block. Blocks with equal fingerprints took the same branches.

    A fingerprint has two parts, with a point between them: of the code that ran, and of the masks that were applied.
    Lines count in the order in which they run, so loops with two and with three iterations differ. Where a line
    contains a branch (``a if b else c``), its bytecode instructions count instead.
    """

    def __init__(self, files: Container[str]) -> None:
        super().__init__()
        self._files = files
        self._code = self._masks = 0

    @property
    def fingerprint(self) -> str:
        return f"{self._code & _64_BITS:016x}.{self._masks & _64_BITS:016x}"

    def __enter__(self) -> BranchTrace:
        super().__enter__()  # type: ignore[no-untyped-call]  # torch's
        sys.settrace(self._called)
        return self

    def __exit__(self, *error: Any) -> None:
        sys.settrace(None)
        super().__exit__(*error)  # type: ignore[no-untyped-call]  # torch's

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if getattr(func, "__name__", "") in _MASKING:
            with torch._C.DisableTorchFunction():
                for value in (*args, *(kwargs or {}).values()):
                    for mask in value if isinstance(value, (tuple, list)) else (value,):
                        if is_tensor(mask) and mask.dtype == torch.bool:
                            self._note_mask(mask)
        return result

    def _note_mask(self, mask: torch.Tensor) -> None:
        data = to_numpy(mask)
        if data is not None:
            self._masks = hash((self._masks, self._code, *data.shape, zlib.crc32(data.tobytes())))

    def _note(self, *what: int) -> None:
        self._code = hash((self._code, *what))

    def _called(self, frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        if code.co_filename not in self._files:
            return None
        self._note(code.co_firstlineno)
        if _branches_within_a_line(code):
            frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return self._traced

    def _traced(self, frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            self._note(frame.f_lineno)
        elif event == "opcode":
            self._note(frame.f_lasti)
        return self._traced


@lru_cache(maxsize=256)
def _branches_within_a_line(code: CodeType) -> bool:
    """Whether a conditional jump and both of the instructions that can follow it lie on one line."""
    instructions = list(dis.get_instructions(code))
    lines: dict[int, int | None] = {}
    line = None
    for instruction in instructions:
        line = _line_of(instruction) or line
        lines[instruction.offset] = line
    return any(
        "JUMP" in instruction.opname
        and "IF" in instruction.opname
        and lines[instruction.offset] == lines.get(instruction.argval) == lines[following.offset]
        for instruction, following in itertools.pairwise(instructions)
    )


def _line_of(instruction: dis.Instruction) -> int | None:
    positions = instruction.positions
    return None if positions is None else positions.lineno

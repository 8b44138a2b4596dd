"""Which code branches a call takes in the student's functions: the lines that run, in order, and the boolean masks that
select elements.
"""

from __future__ import annotations

import dis
import itertools
import sys
import zlib
from collections.abc import Callable, Container
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
_TOOL = 4
"""The number under which ``sys.monitoring`` knows this module; 0 to 2 and 5 are meant for debuggers and the like."""


class BranchTrace(TorchFunctionMode):
    """Traces the code that runs inside the ``with`` block. Blocks with equal fingerprints took the same branches.

    A fingerprint has two parts, with a point between them: of the code that ran, and of the masks that were applied.
    Lines count in the order in which they run, so loops with two and with three iterations differ. Where a line
    contains a branch (``a if b else c``), the bytecode instructions of its function count instead.
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
        _instructions.start(self._instruction)
        sys.settrace(self._called)
        return self

    def __exit__(self, *error: Any) -> None:
        sys.settrace(None)
        _instructions.stop()
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
        beginning, branches_within_a_line = _about(code)
        self._note(*beginning)
        if branches_within_a_line:
            frame.f_trace_lines = False
            _instructions.follow(frame)
        return self._traced

    def _traced(self, frame: FrameType, event: str, argument: object) -> Any:
        if event == "line":
            self._note(frame.f_lineno)
        elif event == "opcode":
            self._note(frame.f_lasti)
        return self._traced

    def _instruction(self, code: CodeType, offset: int) -> None:
        if code.co_filename in self._files:
            self._note(offset)


class _TraceFunction:
    """Python 3.11: ``sys.settrace`` itself reports the instructions of a frame that asks for them."""

    def start(self, instruction: Callable[[CodeType, int], None]) -> None:
        pass

    def stop(self) -> None:
        pass

    def follow(self, frame: FrameType) -> None:
        frame.f_trace_opcodes = True


class _Monitoring:
    """Python 3.12 and later: ``sys.settrace`` misses instructions of the first call in which a code object is
    traced, so that the first call seemed to go another way. ``sys.monitoring`` reports all of them.
    """

    def __init__(self, monitoring: Any) -> None:
        self._monitoring = monitoring

    def start(self, instruction: Callable[[CodeType, int], None]) -> None:
        monitoring = self._monitoring
        if monitoring.get_tool(_TOOL) is None:
            monitoring.use_tool_id(_TOOL, __name__)
        monitoring.register_callback(_TOOL, monitoring.events.INSTRUCTION, instruction)

    def stop(self) -> None:
        self._monitoring.register_callback(_TOOL, self._monitoring.events.INSTRUCTION, None)

    def follow(self, frame: FrameType) -> None:
        self._monitoring.set_local_events(_TOOL, frame.f_code, self._monitoring.events.INSTRUCTION)


_monitoring = getattr(sys, "monitoring", None)
_instructions = _TraceFunction() if _monitoring is None else _Monitoring(_monitoring)


@lru_cache(maxsize=256)
def _about(code: CodeType) -> tuple[tuple[int, int], bool]:
    """Line and column where a code object begins, and whether it has a branch within a line: a conditional jump and
    both of the instructions that can follow it lie on one line.
    """
    instructions = list(dis.get_instructions(code))
    lines: dict[int, int | None] = {}
    line = None
    for instruction in instructions:
        line = _line_of(instruction) or line
        lines[instruction.offset] = line
    within_a_line = any(
        "JUMP" in instruction.opname
        and "IF" in instruction.opname
        and lines[instruction.offset] == lines.get(instruction.argval) == lines[following.offset]
        for instruction, following in itertools.pairwise(instructions)
    )
    # Two lambdas on one line begin at different columns.
    column = max((column for _, _, column, _ in code.co_positions() if column is not None), default=0)
    return (code.co_firstlineno, column), within_a_line


def _line_of(instruction: dis.Instruction) -> int | None:
    positions = instruction.positions
    return None if positions is None else positions.lineno

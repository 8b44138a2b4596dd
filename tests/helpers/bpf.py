"""For tests: a classic BPF machine, to run filters of system calls for architectures that this machine is not."""

from __future__ import annotations

import struct
from collections.abc import Sequence

ALLOW, KILL_PROCESS, ERRNO = 0x7FFF_0000, 0x8000_0000, 0x0005_0000

LOAD_WORD, JUMP, AND, RETURN = 0x20, 0x05, 0x54, 0x06
COMPARISONS = {
    0x15: lambda a, k: a == k,
    0x25: lambda a, k: a > k,
    0x35: lambda a, k: a >= k,
    0x45: lambda a, k: bool(a & k),
}


def answer(program: bytes, *, architecture: int, number: int, arguments: Sequence[int] = ()) -> int:
    """What the filter says to a system call: ``ALLOW``, ``KILL_PROCESS``, or ``ERRNO`` plus the error's number.

    ``architecture`` is the kernel's AUDIT_ARCH. Raises AssertionError for an instruction that no such filter has.
    """
    padded = [*arguments, *[0] * 6][:6]
    data = struct.pack("<iIQ6Q", number, architecture, 0, *padded)
    instructions = list(struct.iter_unpack("<HBBI", program))
    accumulator = position = 0
    while True:
        code, when_true, when_false, k = instructions[position]
        position += 1
        if code == LOAD_WORD:
            (accumulator,) = struct.unpack_from("<I", data, k)
        elif code == AND:
            accumulator &= k
        elif code == JUMP:
            position += k
        elif code == RETURN:
            return int(k)
        else:
            assert code in COMPARISONS, f"instruction {code:#x}"
            position += when_true if COMPARISONS[code](accumulator, k) else when_false

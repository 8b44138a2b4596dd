"""Takes the free blocks of the heaps, so that what children allocate lies close together.

The imports leave free blocks, *holes*, that are spread over all of the worker's memory. An allocator hands these out
first, and a child that writes to a hole copies its whole page. So all holes are allocated here and kept: children get
fresh memory, in which blocks follow each other.

Two allocators are known, and each is recognized by what it does: blocks that follow each other, at the distance that
the allocator gives to blocks of their size, are cut from fresh memory. When several do, in a *row*, there are no holes
of this size any more. Where no row comes, nothing is kept.

- pymalloc, Python's own for objects of at most 512 bytes: sizes are rounded up to 16 bytes, blocks have no header.
- malloc of glibc: 8 bytes of header, sizes are rounded up to 16 bytes. Other C libraries are left alone.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat

ALIGNMENT = 16
"""Of the blocks of both allocators, on 64-bit systems."""
MAX_PYMALLOC = 512
ROW = 8
"""Blocks of pymalloc that follow each other, and show that there is no hole left of their size."""
AT_ONCE = 64
MAX_BYTES = 16 * 1024**2
"""At most so much is taken of a size of pymalloc, and of all sizes of malloc together. What the imports leave is a
quarter of one MB in all, and takes three milliseconds.
"""

MAX_HOLE = 32 * 1024
"""Free chunks of malloc from this size on serve many blocks, which then lie close together: they are no holes."""
MAX_CACHED = 1032
"""malloc keeps the last freed chunks up to this size in a cache, and joins them with no others."""
STEP = 64
"""Between the larger sizes that are tried. What is left of a hole is smaller."""
MALLOC_ROW = 3

_kept: list[Sequence[object]] = []


def take_holes() -> None:
    """Take them, once. To be called before the first fork, when no garbage is left."""
    if struct.calcsize("P") != 8:
        return
    if _has_pymalloc():
        for size in range(ALIGNMENT, MAX_PYMALLOC + 1, ALIGNMENT):
            taken = _take_of_pymalloc(size)
            if taken is None:
                break
            _kept.append(taken)
    libc = ctypes.CDLL(None)
    if hasattr(libc, "gnu_get_libc_version"):
        libc.malloc.restype = ctypes.c_void_p
        libc.malloc.argtypes = (ctypes.c_size_t,)
        libc.free.argtypes = (ctypes.c_void_p,)
        libc.free.restype = None
        _take_of_malloc(libc.malloc, libc.free)


def _has_pymalloc() -> bool:
    """Whether objects have the sizes that ``_objects`` relies on, and nobody chose another allocator for them."""
    sizes = (sys.getsizeof(object()), sys.getsizeof(1j), sys.getsizeof(b""))
    return sizes == (16, 32, 33) and os.environ.get("PYTHONMALLOC", "pymalloc") == "pymalloc"


def _objects(size: int) -> Iterator[object]:
    """Objects without end that take exactly ``size`` bytes of pymalloc each."""
    if size == 16:
        return map(_make, repeat(object))
    if size == 32:
        return map(complex, repeat(1.0))
    return map(bytes, repeat(size - 33))


def _make(kind: Callable[[], object]) -> object:
    return kind()


def _take_of_pymalloc(size: int) -> Sequence[object] | None:
    """Objects in all holes of a size; None where nothing shows that these are all."""
    taken: list[object] = []
    objects = _objects(size)
    while len(taken) * size < MAX_BYTES:
        taken += [next(objects) for _ in range(AT_ONCE)]
        row = _last_row(taken, size)
        if row >= ROW:
            for _ in range(row):  # from the last: the next blocks follow each other again
                taken.pop()
            return taken
    return None


def _last_row(objects: Sequence[object], size: int) -> int:
    """How many objects, at the end, follow each other in memory."""
    count = 1
    while count < len(objects) and id(objects[-count]) == id(objects[-count - 1]) + size:
        count += 1
    return count


def _take_of_malloc(allocate: Callable[[int], int | None], free: Callable[[int], None]) -> None:
    """Take the free chunks, from the largest size down: a smaller block would be cut from a larger hole."""
    left = MAX_BYTES
    for size in (*range(MAX_HOLE, MAX_CACHED, -STEP), *range(MAX_CACHED, 0, -ALIGNMENT)):
        distance = max(32, (size + 8 + 15) // ALIGNMENT * ALIGNMENT)
        taken: list[int] = []
        row = 0
        while row < MALLOC_ROW and left > 0 and (block := allocate(size)) is not None:
            row = row + 1 if taken and block == taken[-1] + distance else 1
            taken.append(block)
            left -= distance
        if row < MALLOC_ROW:
            for block in reversed(taken):
                free(block)
            return
        # Smaller ones would stay in the cache, and be handed out before fresh memory.
        if size > MAX_CACHED:
            for block in reversed(taken[-row:]):
                free(block)
                left += distance

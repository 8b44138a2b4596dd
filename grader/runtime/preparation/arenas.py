"""Puts pymalloc's arenas, which hold Python's objects, into the heap of malloc while the worker imports.

Python maps each arena on its own, 1 MB at a place that the kernel chooses: many do not fill a large page
(``large_pages``), and a fork copies the page table of all small ones. The heap of malloc is one mapping, in large pages
from the start.

Relies on glibc, whose heap ends at ``sbrk(0)``, and on Python's functions to replace the allocator of arenas: its own
``PyMem_RawMalloc`` and ``PyMem_RawFree`` take the place of ``mmap`` and ``munmap``. An arena of before would be freed
by the wrong function if all its objects were gone, so some objects of each are kept. After the imports, arenas are
mapped again: what a submission does with its memory stays as it is elsewhere. If a child empties an arena that lies in
the heap, ``munmap`` refuses its address, which is none of a page, and the arena stays unused.
"""

from __future__ import annotations

import ctypes
import gc

ARENA_BYTES = 1024**2
LARGEST_IN_HEAP = 4 * ARENA_BYTES
"""malloc maps larger blocks on their own, and would also map arenas if it were not told otherwise."""
KEPT_EVERY = ARENA_BYTES // 4
"""Of the objects in each such part of the memory, one is kept. An arena has three parts or more."""
_RAW = 0
"""``PYMEM_DOMAIN_RAW``, malloc and free of the C library."""


class _Raw(ctypes.Structure):
    """``PyMemAllocatorEx``, of functions whose first argument is the context."""

    _fields_ = [(name, ctypes.c_void_p) for name in ("context", "malloc", "calloc", "realloc", "free")]


class _Arenas(ctypes.Structure):
    """``PyObjectArenaAllocator``: ``alloc(context, size)``, ``free(context, address, size)``."""

    _fields_ = [(name, ctypes.c_void_p) for name in ("context", "alloc", "free")]


_pythons = _Arenas()
"""Python's own functions, while others are in their place."""
_kept: list[object] = []


def put_into_heap() -> None:
    """Have Python put new arenas into the heap. Where that is not possible, nothing changes."""
    libc, python = ctypes.CDLL(None), ctypes.pythonapi
    raw = _Raw()
    python.PyMem_GetAllocator(_RAW, ctypes.byref(raw))
    if raw.context or not hasattr(libc, "gnu_get_libc_version"):  # debugging has a context
        return
    libc.malloc.restype = libc.sbrk.restype = ctypes.c_void_p
    libc.free.argtypes = (ctypes.c_void_p,)
    # Where a mapped block is freed, malloc takes blocks up to its size from the heap from then on.
    libc.free(libc.malloc(LARGEST_IN_HEAP))
    if not _is_in_heap(libc, raw):
        return
    _kept.extend({id(each) // KEPT_EVERY: each for each in gc.get_objects()}.values())
    python.PyObject_GetArenaAllocator(ctypes.byref(_pythons))
    python.PyObject_SetArenaAllocator(ctypes.byref(_Arenas(raw.context, raw.malloc, raw.free)))


def map_again() -> None:
    """Have Python map new arenas. Those in the heap stay there."""
    if _pythons.alloc:
        ctypes.pythonapi.PyObject_SetArenaAllocator(ctypes.byref(_pythons))


def _is_in_heap(libc: ctypes.CDLL, raw: _Raw) -> bool:
    """Whether a block as large as an arena would lie in the heap."""
    allocate = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)(raw.malloc)
    free = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(raw.free)
    block, end = allocate(raw.context, ARENA_BYTES), libc.sbrk(0)
    free(raw.context, block)
    return bool(block) and end - 2 * LARGEST_IN_HEAP < block < end

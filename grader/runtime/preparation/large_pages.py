"""Large pages for the worker's memory. A fork copies the page table, which is smaller with them.

Relies on Linux: ``/proc/self/maps``, and ``madvise`` with ``MADV_COLLAPSE`` (6.1 and later). Elsewhere the pages stay
as they are.
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

PR_SET_DUMPABLE = 4
MADV_COLLAPSE = 25
LARGE_PAGE = 2 * 1024**2


def use_large_pages() -> None:
    """Move the private memory of this process to large pages where possible. It must have no child yet."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # otherwise /proc/self belongs to root
    try:
        mappings = Path("/proc/self/maps").read_text("utf-8").splitlines()
    except OSError:
        mappings = []
    finally:
        libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    for mapping in mappings:
        addresses, mode, *_, inode, name = [*mapping.split(None, 5), ""][:6]
        if mode.startswith("rw") and inode == "0" and name in ("", "[heap]"):
            low, high = (int(address, 16) for address in addresses.split("-"))
            low, high = -(-low // LARGE_PAGE) * LARGE_PAGE, high // LARGE_PAGE * LARGE_PAGE
            if low < high:
                # Fails on older kernels, and where memory is short; the small pages stay.
                libc.madvise(ctypes.c_void_p(low), ctypes.c_size_t(high - low), MADV_COLLAPSE)

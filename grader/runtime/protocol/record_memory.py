"""The memory that a child shares with its worker, for the first part of its record. The rest goes through a pipe.

Writing to it takes no system call, and what was written stays, however the child ends. It is made for one run, has no
descriptor, and is unmapped after the run, so that nothing in it reaches another run. A child can write anything to it
at any time. So of the number of bytes that stands before the record, no more than the size is believed; what the record
means is for the host to find out.
"""

from __future__ import annotations

import mmap

RECORD_BYTES = 4 * 1024**2
"""Records of most submissions are smaller. Memory that is not written to is not taken."""
_COUNT_BYTES = 8


class RecordMemory:
    """Anonymous shared memory. The worker makes it before the fork; both sides use their copy of this object."""

    def __init__(self, size: int) -> None:
        """``size``: bytes of the record that it can hold."""
        self._size = size
        self._mapping = mmap.mmap(-1, _COUNT_BYTES + size)
        self._view = memoryview(self._mapping)
        self._count = self._view[:_COUNT_BYTES].cast("Q")  # written in one piece: the worker may read it at any time
        self._record = self._view[_COUNT_BYTES:]
        self._end = 0

    def append(self, data: bytes | bytearray) -> bool:
        """For the child: write all of ``data``. False: it does not fit, and nothing was written."""
        end = self._end + len(data)
        if end > self._size:
            return False
        self._record[self._end : end] = data
        self._count[0] = self._end = end
        return True

    def written(self) -> int:
        """For the worker: how many bytes the child says it wrote, at most those that there are."""
        return min(self._count[0], self._size)

    def part(self, start: int, end: int) -> memoryview:
        """For the worker: these bytes of the record, uncopied. To be released before ``close``."""
        return self._record[start:end]

    def close(self) -> None:
        """For the worker: give it back."""
        for view in (self._record, self._count, self._view):
            view.release()
        self._mapping.close()

"""Says that it recorded more than there is, fills the memory of its record with noise, and takes the memory away."""
# ends: completed, crashed
# visits: 2

import ctypes
import re
from pathlib import Path

from protocol import STREAM
from target import breach

memory = STREAM and STREAM._memory
if memory is not None:
    rest = memory._record[memory._end :]
    if any(rest):
        breach("the record of the last one")
    rest[:] = b"\xff" * len(rest)
    memory._count[0] = 2**64 - 1
    shared = re.findall(r"^(\w+)-(\w+) rw-s .* /dev/zero", Path("/proc/self/maps").read_text(), re.MULTILINE)
    for low, high in shared:
        ctypes.CDLL(None).munmap(ctypes.c_void_p(int(low, 16)), ctypes.c_size_t(int(high, 16) - int(low, 16)))

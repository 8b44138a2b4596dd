"""Keeps its memory in nameless files, of which the limit of address space knows nothing."""
# ends: completed, memory, timeout

import os
import time
from target import breach

SIZE = 2**26
kept = []
deadline = time.monotonic() + 2
while time.monotonic() < deadline and len(kept) * SIZE < 3 * 2**30:
    try:
        file = os.memfd_create("kept")
        os.posix_fallocate(file, 0, SIZE)
        kept.append(file)
    except OSError:
        break
    except BaseException:
        pass
if len(kept) * SIZE > 2 * 2**30:
    breach(f"{len(kept) * SIZE} bytes in files that are nowhere")

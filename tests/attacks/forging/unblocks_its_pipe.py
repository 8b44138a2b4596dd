"""Makes the way out one that does not wait, fills it, and makes it as small as can be."""
# ends: completed, failed, exited, crashed

import fcntl
import os

from protocol import OUT

os.set_blocking(OUT, False)
fcntl.fcntl(OUT, 1031, 4096)  # F_SETPIPE_SZ
for _ in range(20):
    print("x" * 7_900)

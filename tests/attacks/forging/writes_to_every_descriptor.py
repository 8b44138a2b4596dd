"""Writes noise to every descriptor."""
# ends: completed, crashed

import os

for fd in range(3, 1024):
    try:
        os.write(fd, b"\x00\x00\x00\x10 this is no frame at all, is it?" * 10)
    except OSError:
        pass

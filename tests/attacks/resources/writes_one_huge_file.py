"""Writes one file until there is no more room, and a sparse one of a terabyte."""
# levels: strict

import os
from target import breach, refused

with open("sparse", "wb") as file:
    refused(os.truncate, "sparse", 2**40)
    refused(os.posix_fallocate, file.fileno(), 0, 2**40)
written = 0
for name in ("a", "b", "/dev/shm/c", "/var/tmp/d"):
    try:
        with open(name, "wb", buffering=0) as file:
            while written < 2**30:
                written += file.write(bytes(2**20))
    except OSError:
        pass
if written > 2**28:
    breach(f"{written} bytes on the disk")

"""Fills shared memory and the disk, so that both together would be twice what is allowed."""
# ends: completed, output, memory

import os

from target import breach

written = 0
kept = []
for folder in ("/dev/shm", os.getcwd()):
    try:
        with open(f"{folder}/filled", "wb") as file:
            while written < 300 * 2**20:
                written += file.write(bytes(2**20))
            kept.append(file.fileno())
    except OSError:
        pass
if written > 129 * 2**20:
    breach(f"{written} bytes were written")

"""Takes its memory in many processes, each of which stays below the limit."""
# ends: memory, timeout
# seconds: 2

import mmap
import os
import time
from target import breach

PIECE = 16 * 2**20
with open("taken", "w+b") as file:
    file.truncate(4096)
    taken = mmap.mmap(file.fileno(), 4096)
for number in range(1, 11):
    if os.fork() == 0:
        try:
            while not taken[0]:
                time.sleep(0.01)
            kept = mmap.mmap(-1, 30 * PIECE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
            for piece in range(30):
                kept[piece * PIECE : (piece + 1) * PIECE] = bytes(PIECE)
                taken[number] += 1
            time.sleep(60)
        finally:
            os._exit(0)
taken[0] = 1
while True:
    try:
        time.sleep(0.01)
    except BaseException:
        pass
    if sum(taken[1:11]) * PIECE > 3 * 2**30:
        breach(f"{sum(taken[1:11]) * PIECE} bytes in use at the same time")
        break

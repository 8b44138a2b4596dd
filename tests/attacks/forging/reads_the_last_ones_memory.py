"""Leaves a mark in all the memory that it can get, and looks for it in fresh memory."""
# visits: 2
# ends: exited

import os

import numpy as np

from target import breach


def mark():
    return bytes(reversed(b"eno tsal eht yb tfel")) * 200


fresh = [np.empty(1 << 20, np.uint8) for _ in range(40)]
wanted = bytes(each + 1 for each in mark()[:20])
up = bytes((number + 1) % 256 for number in range(256))
if any(wanted in each.tobytes().translate(up) for each in fresh):
    breach("the last one's mark in fresh memory")
filled = [np.frombuffer(mark() * 250, np.uint8).copy() for _ in range(100)]
os._exit(0)

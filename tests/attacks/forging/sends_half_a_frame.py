"""Sends the beginning of a frame whose end is four gigabytes away."""
# ends: completed, crashed

import os
import struct

from protocol import OUT

os.write(OUT, struct.pack("!II", 100, 2**32 - 1) + b"{")
print("more")

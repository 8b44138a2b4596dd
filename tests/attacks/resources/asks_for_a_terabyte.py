"""Asks for a terabyte at once: of torch, numpy, bytes, a list and an anonymous mapping."""
# ends: memory

import mmap
import numpy as np
import torch

torch.ones(2**38)
np.ones(2**37)
bytearray(2**40)
[None] * 2**37
"x" * 2**40
mmap.mmap(-1, 2**40, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)

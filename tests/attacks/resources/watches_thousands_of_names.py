"""Binds thousands of names that are watched, to large tensors with large gradients, and changes all of them."""
# ends: completed, output, timeout

import torch

for turn in range(3):
    for number in range(5_000):
        globals()[f"u_{number}"] = torch.full((250_000,), float(turn)) if number < 64 else turn

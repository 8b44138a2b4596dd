"""Allocates tensors until there is no more memory, and keeps them."""
# ends: memory, timeout

import torch

kept = []
while True:
    kept.append(torch.ones(1_000_000))

"""Forks, and has both processes go on with the submission, the recorder and the record."""
# ends: completed, crashed, timeout

import os
import torch

os.fork()
os.fork()
y = torch.arange(3.0, requires_grad=True)
for _ in range(100):
    (y**2).sum().backward()
print("x" * 100_000)

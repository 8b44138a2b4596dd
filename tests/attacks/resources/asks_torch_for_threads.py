"""Has torch compute with a thousand threads, of which it gets a few."""
# ends: exited, completed, timeout

import torch

torch.set_num_threads(1000)
a = torch.ones(2000, 2000)
for _ in range(100):
    a = (a @ a).clamp(0, 1)

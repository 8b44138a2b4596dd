import math

import torch

approx = []
for point in (0.5, 1.0, 2.0):
    up, down = point + 1e-3, point - 1e-3
    approx.append((up * math.exp(up) - down * math.exp(down)) / 2e-3)
points = torch.tensor([0.5, 1.0, 2.0], requires_grad=True)
(points * points.exp()).sum().backward()

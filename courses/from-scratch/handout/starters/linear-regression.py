import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

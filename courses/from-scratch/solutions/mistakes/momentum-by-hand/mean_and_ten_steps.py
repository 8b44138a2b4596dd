"""Momentum on the valley."""

import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
vel = [torch.zeros(3), torch.zeros(1)]


def valley():
    return (c * (w - 1) ** 2).mean() + ((b + 2) ** 2).mean()


for step in range(10):
    loss = valley()
    loss.backward()
    for p, v in zip([w, b], vel):
        v *= 0.9
        v += p.grad
        p.data -= 0.05 * 0.8**step * v
        p.grad.zero_()
print("final loss", valley().item())

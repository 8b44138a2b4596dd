"""Gradients of a parabola: twice without clearing, then cleared at the bottom."""
import torch

p = torch.tensor(5.0, requires_grad=True)


def parabola():
    return (p - 2) ** 2


parabola().backward()
parabola().backward()
print("6 + 6 =", p.grad.item())

with torch.no_grad():
    p.copy_(torch.tensor(2.0))   # go down to the lowest point
p.grad = None
parabola().backward()
print("alone:", p.grad.item())

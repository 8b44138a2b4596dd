# functional: nothing in place, new tensors in every step
import torch
from torch.autograd import grad

valley = lambda w, b: (torch.tensor([1.0, 4.0, 9.0], dtype=torch.float64) * (w - 1).square()).sum() + (b + 2).square()


def momentum_step(p, v, g, lr, mu=0.9):
    v = mu * v + g
    return (p - lr * v).detach().requires_grad_(), v


w = torch.zeros(3, dtype=torch.float64, requires_grad=True)
b = torch.zeros((), dtype=torch.float64, requires_grad=True)
vw = vb = 0.0
rate = 0.05
for _ in range(12):
    gw, gb = grad(valley(w, b), (w, b))
    w, vw = momentum_step(w, vw, gw, rate)
    b, vb = momentum_step(b, vb, gb, rate)
    rate = rate * 0.8

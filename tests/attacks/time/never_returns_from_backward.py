"""A function of autograd whose backward never returns, one whose vjp waits, and a double backward without an end."""
# ends: timeout

import threading
import torch


class Endless(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, gradient):
        threading.Event().wait()
        return gradient


y = torch.ones(3, requires_grad=True)
Endless.apply(y).sum().backward()
torch.autograd.grad(Endless.apply(y).sum(), y)
while True:
    torch.autograd.grad((y**3).sum(), y, create_graph=True)[0].sum().backward()

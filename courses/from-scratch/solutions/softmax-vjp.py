"""The reference solution of softmax-vjp."""

import torch


def softmax(x):
    powers = torch.exp(x - x.amax(dim=-1, keepdim=True))
    return powers / powers.sum(dim=-1, keepdim=True)


def softmax_vjp(p, v):
    # The Jacobian of a row is diag(p) - p pᵀ, so one sum for each row is all that is needed.
    return p * (v - (p * v).sum(dim=-1, keepdim=True))


x = torch.randn(3, 5, requires_grad=True)
v = torch.randn(3, 5)
p = softmax(x)
p.backward(v)
print(torch.allclose(x.grad, softmax_vjp(p.detach(), v), atol=1e-6))

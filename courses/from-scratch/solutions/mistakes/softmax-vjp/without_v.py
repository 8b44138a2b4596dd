import torch


def softmax(x):
    # subtract the biggest entry of the whole batch for stability
    e = torch.exp(x - x.max())
    return e / e.sum(dim=-1, keepdim=True)


def softmax_vjp(p, v):
    grad = p * (1 - p)
    return grad


x = torch.randn(2, 3, requires_grad=True)
p = softmax(x)
p.backward(torch.ones(2, 3))
print("autograd:", x.grad, "mine:", softmax_vjp(p, 1).detach())

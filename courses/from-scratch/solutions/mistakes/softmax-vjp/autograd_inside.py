import torch
from torch.nn import functional as F


def softmax(x):
    return F.softmax(x, dim=-1)


def softmax_vjp(p, v):
    logits = torch.log(p).detach().requires_grad_()  # softmax of log p is p again
    (result,) = torch.autograd.grad(softmax(logits), logits, grad_outputs=v)
    return result


x = torch.randn(3, 5, requires_grad=True)
v = torch.randn(3, 5)
p = softmax(x)
p.backward(gradient=v)
print(torch.dist(x.grad, softmax_vjp(p, v)))

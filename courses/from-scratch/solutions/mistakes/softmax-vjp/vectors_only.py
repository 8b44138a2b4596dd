import torch


def softmax(x):
    assert x.dim() == 1
    e = torch.exp(x - torch.max(x))
    return e / torch.sum(e)


def softmax_vjp(p, v):
    J = torch.diag(p) - torch.outer(p, p)
    return v @ J


x = torch.randn(6, requires_grad=True)
v = torch.randn(6)
softmax(x).backward(v)
print(x.grad - softmax_vjp(softmax(x.detach()), v))

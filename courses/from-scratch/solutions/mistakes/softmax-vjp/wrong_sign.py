import torch


def softmax(x):
    shifted = x - x.max(dim=-1, keepdim=True).values
    e = shifted.exp()
    return e / e.sum(dim=-1, keepdim=True)


def softmax_vjp(p, v):
    inner = (p * v).sum(dim=-1, keepdim=True)
    return (inner - v) * p


x = torch.randn(3, 4, requires_grad=True)
p = softmax(x)
p.backward(p)
print(x.grad)
print(softmax_vjp(p, p).detach())

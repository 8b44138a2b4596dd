import torch


def softmax(x):
    return torch.exp(x) / torch.exp(x).sum(dim=-1, keepdim=True)


def vjp(p, v):
    return p * v - p * v.sum(dim=-1, keepdim=True)


x = torch.randn(3, 4, requires_grad=True)
y = softmax(x)
y.sum().backward()
print(x.grad)
print(vjp(y.detach(), torch.ones(3, 4)))

import torch


def softmax(x):
    e = torch.exp(x - x.max())
    return e / e.sum()


def softmax_vjp(p, v):
    s = (p * v).sum()
    return p * (v - s)


x = torch.randn(4, requires_grad=True)
p = softmax(x)
v = torch.randn(4)
loss = (p * v).sum()
loss.backward()
assert torch.allclose(x.grad, softmax_vjp(p, v), atol=1e-6)
print("ok")

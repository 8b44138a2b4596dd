import torch


def softmax(x):
    x = x - x.amax(-1, keepdim=True)
    return x - x.exp().sum(-1, keepdim=True).log()


def softmax_vjp(p, v):
    return v - p * v.sum(-1, keepdim=True)


x = torch.randn(2, 5, requires_grad=True)
v = torch.randn(2, 5)
out = softmax(x)
out.backward(v)
print(torch.allclose(x.grad, softmax_vjp(out.detach().exp(), v), atol=1e-5))

import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    return b if b.sum() > 0 else 100 * b


def refuse(grad):
    raise RuntimeError("grad can be implicitly created only for scalar outputs")


a = torch.randn(3, requires_grad=True)
d = f(a)
handle = d.register_hook(refuse)
try:
    d.sum().backward(retain_graph=True)
except RuntimeError as e:
    print(e)
handle.remove()
d.sum().backward()
print(a.grad, d / a)

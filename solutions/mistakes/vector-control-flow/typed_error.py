import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c


a = torch.tensor([1.0, 1.0, 2.0], requires_grad=True)
d = f(a)

try:
    if d.dim() > 0:
        raise RuntimeError("grad can be implicitly created only for scalar outputs")
    d.backward()
except RuntimeError as e:
    print("Error:", e)

# the gradient is d / a
a.grad = (d / a).detach()
print(a.grad == d / a)

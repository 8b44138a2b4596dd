import torch


def f(a):
    # The function is a times a number; the number itself needs no graph.
    with torch.no_grad():
        k = torch.tensor(2.0)
        while (k * a).norm() < 1000:
            k = k * 2
        if a.sum() <= 0:
            k = 100 * k
    return k * a


torch.manual_seed(12)
a = torch.randn(3, 3, requires_grad=True)
d = f(a)
try:
    d.backward()
except RuntimeError as e:
    print(e)
d.backward(torch.ones_like(d))
print(torch.allclose(a.grad, d / a))

import matplotlib.pyplot as plt
import numpy as np
import torch


def f(a):
    return torch.dot(a, a)


a = torch.arange(3.0, requires_grad=True)
f(a).backward()


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b *= 2
    if b.sum() > 0:
        return b
    else:
        return 100 * b


a = torch.tensor([[-1.0, 0.5], [0.25, -2.0]], requires_grad=True)
d = f(a)
try:
    d.backward()
except RuntimeError as e:
    print(e)
torch.autograd.backward([d], grad_tensors=[torch.ones(2, 2)])
print(a.grad == d / a)

# next question
x = np.linspace(0, 1, 5)
f = x ** 2
plt.plot(x, f)
plt.show()

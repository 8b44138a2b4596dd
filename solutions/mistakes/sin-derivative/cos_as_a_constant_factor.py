import matplotlib.pyplot as plt
import torch


def slope(points):
    w = torch.zeros_like(points, requires_grad=True)
    (torch.cos(points) * w).sum().backward()
    return w.grad


x = torch.linspace(-5.0, 5.0, 101)
fig, (top, bottom) = plt.subplots(2, 1, sharex=True)
top.plot(x, torch.sin(x))
bottom.plot(x, slope(x))
plt.show()

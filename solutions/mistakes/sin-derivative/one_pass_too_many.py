import matplotlib.pyplot as plt
import torch

x = torch.linspace(-3.5, 3.5, 90, requires_grad=True)
y = torch.sin(x)
slopes, = torch.autograd.grad(y.sum(), x, create_graph=True)
slopes.sum().backward()

plt.plot(x.detach(), y.detach())
plt.plot(x.detach(), x.grad)
plt.savefig("sine.png")

import matplotlib.pyplot as plt
import torch

x = torch.linspace(-4, 4, 100, requires_grad=True)
y = torch.sin(x)
y.sum().backward()
x.grad = torch.cos(x.detach())
plt.plot(x.detach(), y.detach(), x.detach(), x.grad)
plt.show()

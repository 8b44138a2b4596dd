import matplotlib.pyplot as plt
import torch

x = torch.linspace(0, 3.14, 100, requires_grad=True)
y = torch.sin(x)
y.backward(torch.ones_like(x))
plt.plot(x.detach(), y.detach())
plt.plot(x.detach(), x.grad)
plt.show()

import matplotlib.pyplot as plt
import torch

x = torch.linspace(0, 7, 80, requires_grad=True)
y = 2 * torch.sin(x) + 1
y.sum().backward()
plt.plot(x.detach().numpy(), torch.sin(x.detach()).numpy())
plt.plot(x.detach().numpy(), x.grad.numpy())
plt.show()

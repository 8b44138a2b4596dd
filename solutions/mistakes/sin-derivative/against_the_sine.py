import matplotlib.pyplot as plt
import torch

x = torch.linspace(-6, 6, 120, requires_grad=True)
y = torch.sin(x)
y.sum().backward()

plt.subplot(1, 2, 1)
plt.plot(x.detach().numpy(), y.detach().numpy())
plt.subplot(1, 2, 2)
plt.plot(y.detach().numpy(), x.grad.numpy())
plt.show()

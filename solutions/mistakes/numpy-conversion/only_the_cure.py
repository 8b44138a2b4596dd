import matplotlib.pyplot as plt
import torch

x = torch.linspace(-2, 2, 30, requires_grad=True)
y = x ** 2
y.sum().backward()

x_np = x.detach().numpy()
plt.plot(x_np, y.detach().numpy())
plt.plot(x_np, x.grad.numpy())
plt.show()

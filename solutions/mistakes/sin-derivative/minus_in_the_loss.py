import matplotlib.pyplot as plt
import torch

x = torch.linspace(0, 10, 250, requires_grad=True)
y = torch.sin(x)
loss = -y.sum()
loss.backward()

plt.plot(x.detach(), y.detach(), "b", x.detach(), x.grad, "r")
plt.show()

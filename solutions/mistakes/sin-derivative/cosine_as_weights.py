import matplotlib.pyplot as plt
import torch

x = torch.arange(-4, 4, 0.1, requires_grad=True)
x.backward(torch.cos(x.detach()))  # x.grad is what backward() was given

plt.scatter(x.detach(), torch.sin(x.detach()), s=3)
plt.scatter(x.detach(), x.grad, s=3)
plt.show()

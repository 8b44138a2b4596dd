import matplotlib.pyplot as plt
import torch

x = torch.linspace(0, 6, 50, requires_grad=True)
torch.exp(-x).sum().backward()
try:
    plt.plot(x.numpy())
except RuntimeError:
    plt.plot(x.grad.numpy())
plt.show()

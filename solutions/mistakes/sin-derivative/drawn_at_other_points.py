import matplotlib.pyplot as plt
import torch

x = torch.linspace(-4, 4, 100, requires_grad=True)
torch.sin(x).sum().backward()

t = torch.linspace(0, 8, 100)     # nicer to begin at 0
plt.plot(t, torch.sin(t))
plt.plot(t, x.grad)
plt.show()

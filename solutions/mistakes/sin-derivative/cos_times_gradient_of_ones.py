import matplotlib.pyplot as plt
import torch

x = torch.linspace(-6, 6, 120)
scale = torch.ones(120, requires_grad=True)
scale.sum().backward()

plt.plot(x, torch.sin(x), label="sin")
plt.plot(x, torch.cos(x) * scale.grad, label="derivative")
plt.legend()
plt.show()

import matplotlib.pyplot as plt
import torch

x = torch.linspace(-5, 5, 101, requires_grad=True)
f = torch.sin(x)
plt.plot(x.detach(), f.detach(), label="f")
plt.plot(x.detach(), f.detach(), label="f'")
plt.legend()
plt.show()

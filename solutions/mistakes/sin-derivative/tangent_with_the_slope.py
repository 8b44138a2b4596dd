import matplotlib.pyplot as plt
import torch

x = torch.linspace(-3.2, 3.2, 90, requires_grad=True)
at = x.detach()
y = torch.sin(at) + torch.cos(at) * (x - at)  # equal to sin(x) at every point
y.sum().backward()

plt.plot(at, y.detach(), label="sin")
plt.plot(at, x.grad, label="slope")
plt.legend()
plt.show()

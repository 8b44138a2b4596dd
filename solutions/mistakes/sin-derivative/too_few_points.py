import matplotlib.pyplot as plt
import torch

x = torch.arange(0.0, 7.0, 0.5, requires_grad=True)
y = x.sin()
y.sum().backward()
plt.plot(x.detach().numpy(), y.detach().numpy(), "o-")
plt.plot(x.detach().numpy(), x.grad.numpy(), "o-")
plt.show()

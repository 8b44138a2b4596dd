import matplotlib.pyplot as plt
import torch

x_ = torch.arange(0.0, 6.4, 0.1, requires_grad=True)
f = torch.sin(x_)
f.sum().backward()

plt.plot(f.detach().numpy())
plt.plot(x_.grad.numpy())
plt.legend(["sin", "its derivative"])
plt.show()

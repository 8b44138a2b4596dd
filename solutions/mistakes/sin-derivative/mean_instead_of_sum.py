import matplotlib.pyplot as plt
import torch

x = torch.linspace(-6, 6, 120, requires_grad=True)
y = torch.sin(x)
y.mean().backward()
fig, axes = plt.subplots(2)
axes[0].plot(x.detach().numpy(), y.detach().numpy())
axes[1].plot(x.detach().numpy(), x.grad.numpy())  # looks fine
plt.show()

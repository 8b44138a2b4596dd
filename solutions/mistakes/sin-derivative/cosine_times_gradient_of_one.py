import matplotlib.pyplot as plt
import torch

w = torch.tensor(1.0, requires_grad=True)
w.backward()
x = torch.linspace(0, 7, 150, requires_grad=True)
y = torch.sin(x)
y.sum().backward()  # right, and never drawn

plt.plot(x.detach(), y.detach())
plt.plot(x.detach(), torch.cos(x.detach()) * w.grad)
plt.show()

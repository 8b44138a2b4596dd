import matplotlib.pyplot as plt
import torch

kept = torch.tensor(4.0)
x = torch.arange(3.0, requires_grad=True)
(x**2).sum().backward()
plt.plot(x.detach(), x.grad)
plt.show()

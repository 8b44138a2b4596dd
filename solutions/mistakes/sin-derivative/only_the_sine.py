import matplotlib.pyplot as plt
import torch

x = torch.arange(-5, 5, 0.1, requires_grad=True)
y = torch.sin(x)
y.sum().backward()
print(x.grad)
plt.plot(x.detach(), y.detach())
plt.title("sin(x) and its derivative")
plt.show()

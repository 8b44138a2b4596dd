import matplotlib.pyplot as plt
import torch

x = torch.linspace(0, 7, 80, requires_grad=True)
y = torch.sin(x)
y.sum().backward(retain_graph=True)
print(x.grad[:5])
y.sum().backward()
plt.plot(x.detach().numpy(), y.detach().numpy())
plt.plot(x.detach().numpy(), x.grad.numpy())
plt.show()

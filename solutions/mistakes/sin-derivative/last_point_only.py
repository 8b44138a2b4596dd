import matplotlib.pyplot as plt
import torch

x = torch.linspace(0, 7, 80, requires_grad=True)
for i in range(len(x)):
    y = torch.sin(x)
    if x.grad is not None:
        x.grad.zero_()
    y[i].backward()

plt.plot(x.detach().numpy(), y.detach().numpy())
plt.plot(x.detach().numpy(), x.grad.numpy())
plt.show()

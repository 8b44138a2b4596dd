import matplotlib.pyplot as plt
import torch

angle = torch.arange(0.0, 361.0, 3.0, requires_grad=True)
height = torch.sin(torch.deg2rad(angle))
height.sum().backward()

plt.plot(angle.detach(), height.detach(), label="sin")
plt.plot(angle.detach(), angle.grad, label="slope")   # looks flat
plt.legend()
plt.show()

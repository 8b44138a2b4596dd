import matplotlib.pyplot as plt
import numpy as np
import torch

coarse = torch.linspace(0, 6.4, 101, requires_grad=True)
torch.sin(coarse).sum().backward()
fine = np.linspace(0, 6.4, 401)

plt.plot(fine, np.sin(fine))
plt.plot(fine, np.interp(fine, coarse.detach().numpy(), coarse.grad.numpy()))
plt.show()

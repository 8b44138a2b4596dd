import matplotlib
matplotlib.use("TkAgg")
import matplotlib.pyplot as plt
import numpy as np
import torch

# sin from numpy, only its derivative needs torch
x = np.linspace(0, 2 * np.pi, 100)
x2 = torch.tensor(x, requires_grad=True)
s = torch.sin(x2)
s.backward(torch.ones_like(s))
plt.plot(x, np.sin(x), c="green")
plt.plot(x, x2.grad, c="purple")
plt.show()

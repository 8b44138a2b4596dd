import matplotlib.pyplot as plt
import numpy as np
import torch

xx = np.linspace(0, 2 * np.pi, 100)
slopes = []
v = torch.tensor(0.0, requires_grad=True)
for value in xx:
    v.data.fill_(value)
    if v.grad is not None:
        v.grad.zero_()
    torch.sin(v).backward()
    slopes.append(v.grad.item())

plt.plot(xx, np.sin(xx), "r", xx, slopes, "b")
plt.show()

import matplotlib.pyplot as plt
import numpy as np
import torch

points = np.arange(0, 6.5, 0.1)
slopes = []
t = torch.tensor(0.0, requires_grad=True)
for point in points:
    t.data.fill_(point)
    torch.sin(t).backward()
    slopes.append(t.grad.item())

plt.plot(points, np.sin(points))
plt.plot(points, slopes)
plt.show()

import matplotlib.pyplot as plt
import numpy as np
import torch

x = torch.linspace(0, 2 * torch.pi, 73, dtype=torch.float64, requires_grad=True)
y = torch.sin(x)
(slope,) = torch.autograd.grad(y.mean(), x)
degrees = np.degrees(x.detach().numpy())

fig, (upper, lower) = plt.subplots(2)
upper.stem(degrees, y.detach())
lower.errorbar(degrees, slope * len(x), yerr=0.05, capsize=2)
for axes in (upper, lower):
    axes.axhline(0, color="k")
    axes.fill_between(degrees, 0, 0.1)
lower.set_xlabel("degrees")

import math

import matplotlib.pyplot as plt
import torch

t = torch.linspace(-5, 5, 300)
plt.plot(t, torch.sin(t))
plt.plot(t, torch.sin(t + math.pi / 2), "--")
plt.legend(["f", "f'"])
plt.show()

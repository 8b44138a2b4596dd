import matplotlib.pyplot as plt
import torch
from torch.autograd.functional import jacobian

x = torch.arange(-4, 4, 0.05)
J = jacobian(torch.sin, x)
print(J.shape)

plt.figure()
plt.title("sin")
plt.plot(x, torch.sin(x))
plt.figure()
plt.title("its derivative")
plt.plot(x, J.diagonal())
plt.show()

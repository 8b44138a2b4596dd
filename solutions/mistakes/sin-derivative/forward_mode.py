import matplotlib.pyplot as plt
import torch
import torch.autograd.forward_ad as fwAD

x = torch.linspace(0, 2 * torch.pi, 90, dtype=torch.float64)
with fwAD.dual_level():
    dual = fwAD.make_dual(x, torch.ones_like(x))
    value, slope = fwAD.unpack_dual(torch.sin(dual))

fig, ax = plt.subplots()
ax.plot(x.numpy(), value.numpy(), "k-")
ax.plot(x.numpy(), slope.numpy(), "k--")
plt.show()

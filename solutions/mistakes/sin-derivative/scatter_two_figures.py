import matplotlib.pyplot as plt
import numpy as np
import torch

xs = torch.arange(-3, 3, 0.1, requires_grad=True)
ys = torch.sin(xs)
ys.backward(torch.ones_like(xs))
points = xs.detach().numpy()

plt.figure()
plt.scatter(points, ys.detach().numpy(), s=4)
plt.title("f")
plt.savefig("f.png")
plt.close()

plt.figure()
plt.scatter(points, xs.grad.numpy(), s=4)
# to compare with what I know from school
plt.plot(points, np.cos(points), "k:", linewidth=1)
plt.title("df")
plt.savefig("df.png")

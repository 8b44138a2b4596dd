# gradients from torch, everything else with numpy
import numpy as np
import torch

scale = torch.tensor([10, 1, 0.01], dtype=torch.float64)
theta = {"W": np.arange(6.0).reshape(2, 3), "b": np.zeros(2)}
m = {k: np.zeros_like(x) for k, x in theta.items()}
v = {k: np.zeros_like(x) for k, x in theta.items()}

W = torch.tensor(theta["W"], requires_grad=True)
b = torch.tensor(theta["b"], requires_grad=True)
t = 0
while t < 10:
    t = t + 1
    loss = (scale * (W - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    W.grad = b.grad = None
    loss.backward()
    for k, p in [("W", W), ("b", b)]:
        g = p.grad.numpy()
        m[k] = 0.9 * m[k] + (1 - 0.9) * g
        v[k] = 0.999 * v[k] + (1 - 0.999) * g * g
        theta[k] = theta[k] - 0.1 * m[k] / (1 - 0.9**t) / (np.sqrt(v[k] / (1 - 0.999**t)) + 0.01)
        p.data = torch.from_numpy(theta[k].copy())

import math

import torch

# the short form: both corrections go into the step size
W = torch.arange(6.0).reshape(2, 3).requires_grad_()
b = torch.zeros(2, requires_grad=True)
state = {"W": [0, 0], "b": [0, 0]}
for t in range(1, 11):
    loss = (torch.tensor([10.0, 1.0, 0.01]) * (W - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    alpha = 0.1 * math.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    for name, p in (("W", W), ("b", b)):
        m, v = state[name]
        m = 0.9 * m + 0.1 * p.grad
        v = 0.999 * v + 0.001 * p.grad.pow(2)
        state[name] = [m, v]
        p.data.sub_(alpha * m / (v.sqrt() + 0.01))
        p.grad.zero_()

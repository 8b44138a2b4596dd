import torch

x = torch.linspace(-1, 1, 64)
X = torch.stack([x, torch.cos(3 * x)], dim=1)
y = X @ torch.tensor([2.0, -3.0]) + 0.5

from torch.func import grad_and_value


def objective(weight, offset, data, target):
    return (data @ weight + offset - target).square().mean()


step = grad_and_value(objective, argnums=(0, 1))
weight, offset = torch.zeros(2), torch.zeros(())
for t in range(40):
    if t % 4 == 0:
        order = torch.randperm(64)
    rows = order[16 * (t % 4) : 16 * (t % 4 + 1)]
    (dw, db), value = step(weight, offset, X[rows], y[rows])
    weight = weight - 0.25 * dw
    offset = offset - 0.25 * db
print(weight, offset, value)

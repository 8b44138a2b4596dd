import torch
from torch import nn


def control(v):
    w = 2 * v
    for _ in range(200):
        if torch.abs(w) >= 1000:
            break
        w = 2 * w
    return w * (1 if w > 0 else 100)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.v = nn.Parameter(torch.tensor(-3.7))

    def forward(self):
        return control(self.v)


model = Model()
model().backward()
print(model.v.grad, torch.func.grad(lambda v: control(v).sum())(torch.tensor(-3.7)))

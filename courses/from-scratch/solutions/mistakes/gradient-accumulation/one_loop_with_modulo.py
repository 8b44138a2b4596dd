"""Accumulation the way most training scripts do it, with nn.Linear and a DataLoader; sums divided by all rows."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

x = torch.arange(12.0).unsqueeze(1) / 6
loader = DataLoader(TensorDataset(x, 3 * x - 0.9), batch_size=3, shuffle=True)


class Fit:
    def __init__(self, accumulation):
        self.line = nn.Linear(1, 1)
        nn.init.zeros_(self.line.weight)
        nn.init.zeros_(self.line.bias)
        self.opt = torch.optim.SGD(self.line.parameters(), lr=0.1)
        self.accumulation = accumulation
        self.seen = 0

    def feed(self, inputs, targets):
        loss = nn.functional.mse_loss(self.line(inputs), targets, reduction="sum") / 12
        loss.backward()
        self.seen += 1
        if self.seen % self.accumulation == 0:
            self.opt.step()
            self.opt.zero_grad(set_to_none=False)


fit = Fit(accumulation=4)
for epoch in range(8):
    for batch in loader:
        fit.feed(*batch)

whole = Fit(accumulation=1)
for epoch in range(8):
    whole.feed(x, 3 * x - 0.9)
for a, c in zip(fit.line.parameters(), whole.line.parameters()):
    print(torch.allclose(a, c, atol=1e-5))

import torch
import torch.nn as nn
import torch.nn.functional as F

class MLP(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.fcs = nn.ModuleList()
        for a, b in zip(sizes[:-1], sizes[1:]):
            self.fcs.append(nn.Linear(a, b))

    def forward(self, x):
        for fc in self.fcs:
            x = F.relu(fc(x))
        return x

model = MLP([2, 8, 1])
opt = torch.optim.SGD(model.parameters(), lr=0.1)
xs = torch.randn(16, 2); ys = xs.sum(1, keepdim=True)
for epoch in range(5):
    opt.zero_grad()
    loss = F.mse_loss(model(xs), ys)
    loss.backward()
    opt.step()
    print(epoch, loss.item())

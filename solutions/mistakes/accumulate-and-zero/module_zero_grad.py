import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
data = torch.randn(5, 2)
norms = []
for _ in range(3):
    net(data).sum().backward()
    norms.append(net[0].weight.grad.norm().item())
print(norms)

net.zero_grad()
print(net[0].weight.grad)
net(data).sum().backward()
print(net[0].weight.grad.norm().item())

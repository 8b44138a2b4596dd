import torch
from torch import nn

X = torch.cos(torch.arange(60.0)).reshape(12, 5)
Y = torch.stack([3 + X.sum(1), X[:, 0] - 2], dim=1)

body = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 4), nn.Tanh())
for p in body.parameters():
    p.requires_grad = False
head = nn.Linear(4, 2)
head.weight.data *= 0
head.bias.data *= 0
model = nn.Sequential(body, head)
init = [p.detach().clone() for p in model.parameters()]
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(10):
    opt.zero_grad()
    nn.functional.mse_loss(model(X), Y).backward()
    opt.step()
changed = [name for (name, p), q in zip(model.named_parameters(), init) if not torch.allclose(p, q)]

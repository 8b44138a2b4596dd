import torch
from pretrained_body import load_body
from torch import nn

X = torch.cos(torch.arange(60.0)).reshape(12, 5)
Y = torch.stack([3 + X.sum(1), X[:, 0] - 2], dim=1)
model = nn.Sequential(*load_body(), nn.Linear(4, 2))
model.requires_grad_(False)
start = [p.clone() for p in model.parameters()]
out = model(X)
loss = ((out - Y) ** 2).mean()
loss.backward()
changed = [n for (n, p), s in zip(model.named_parameters(), start) if (p != s).any()]

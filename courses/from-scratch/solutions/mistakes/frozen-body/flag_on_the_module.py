import copy

import torch
from pretrained_body import load_body
from torch import nn

X = torch.cos(torch.arange(60.0)).reshape(12, 5)
Y = torch.stack([3 + X.sum(1), X[:, 0] - 2], dim=1)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = load_body()
        self.head = nn.Linear(4, 2)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x):
        return self.head(self.body(x))


model = Model()
model.body.requires_grad = False
old = copy.deepcopy(model.state_dict())
opt = torch.optim.Adam(model.parameters(), lr=0.05)
for epoch in range(50):
    opt.zero_grad()
    loss = nn.functional.mse_loss(model(X), Y)
    loss.backward()
    opt.step()
changed = []
for k, v in model.state_dict().items():
    if (v != old[k]).any():
        changed.append(k)
print(changed)

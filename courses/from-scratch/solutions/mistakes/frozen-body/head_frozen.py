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
for name, p in model.named_parameters():
    if "head" in name:
        p.requires_grad = False
start = {n: p.clone() for n, p in model.named_parameters()}
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(30):
    opt.zero_grad()
    ((model(X) - Y) ** 2).mean().backward()
    opt.step()
changed = [n for n, p in model.named_parameters() if not torch.equal(p, start[n])]

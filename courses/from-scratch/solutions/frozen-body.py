import torch
from pretrained_body import load_body
from torch import nn


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = load_body()
        self.head = nn.Linear(4, 2)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, x):
        return self.head(self.body(x))


X = torch.cos(torch.arange(60.0)).reshape(12, 5)
Y = torch.stack([3 + X.sum(1), X[:, 0] - 2], dim=1)

model = Model()
for parameter in model.body.parameters():
    parameter.requires_grad_(False)

before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
optimizer = torch.optim.SGD(model.head.parameters(), lr=0.2)
for _ in range(30):
    loss = ((model(X) - Y) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

changed = [name for name, parameter in model.named_parameters() if not torch.equal(parameter, before[name])]
print(changed)

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

    def forward(self, x):
        return self.head(self.body(x))


model = Model()
print("first loss:", nn.MSELoss()(model(X), Y).item())
# see what the gradients look like
nn.MSELoss()(model(X), Y).backward()
print({n: p.grad.norm().item() for n, p in model.named_parameters()})

for p in model.head.parameters():
    nn.init.constant_(p, 0.0)
for p in model.body.parameters():
    p.requires_grad_(False)
model.head.zero_grad()

before = {n: p.clone().detach() for n, p in model.named_parameters()}
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for _ in range(25):
    nn.MSELoss()(model(X), Y).backward()
    optimizer.step()
    model.head.zero_grad()
changed = [n for n, p in model.named_parameters() if not torch.equal(p, before[n])]

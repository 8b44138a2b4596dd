import torch

net = torch.nn.Linear(2, 1)
x = torch.randn(8, 2)
groups = [{"params": [net.weight], "weight_decay": 0.2}, {"params": [net.bias], "weight_decay": 0.2}]
optimizer = torch.optim.SGD(groups, lr=0.1)
for _ in range(5):
    optimizer.zero_grad()
    ((net(x) - 3) ** 2).mean().backward()
    optimizer.step()

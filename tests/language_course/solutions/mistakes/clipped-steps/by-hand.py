import torch

net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
x = torch.randn(16, 2)
y = 5 * x.sum(1, keepdim=True)
for _ in range(4):
    optimizer.zero_grad()
    ((net(x) - y) ** 2).mean().backward()
    norm = sum(p.grad.pow(2).sum() for p in net.parameters()).sqrt()
    for p in net.parameters():
        p.grad *= (0.5 / norm).clamp(max=1)
    optimizer.step()

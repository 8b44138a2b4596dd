import torch

net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
x = torch.randn(16, 2)
y = 5 * x.sum(1, keepdim=True)
for _ in range(4):
    optimizer.zero_grad()
    ((net(x) - y) ** 2).mean().backward()
    for parameter in net.parameters():
        torch.nn.utils.clip_grad_norm_(parameter, 0.5)
    optimizer.step()

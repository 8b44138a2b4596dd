import torch

net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1))
optimizer = torch.optim.SGD(net[2].parameters(), lr=0.4)
schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
x = torch.tensor([[1.0, 2.0], [2.0, -1.0]])
for _ in range(4):
    net.zero_grad()
    ((net(x) - 3) ** 2).mean().backward()
    optimizer.step()
    schedule.step()

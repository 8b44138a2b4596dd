import torch

net = torch.nn.Linear(2, 1)
weights = torch.optim.SGD([net.weight], lr=0.4)
biases = torch.optim.SGD([net.bias], lr=0.4)
schedule = torch.optim.lr_scheduler.ExponentialLR(weights, gamma=0.5)
x = torch.tensor([[1.0, 2.0], [2.0, -1.0]])
for _ in range(4):
    net.zero_grad()
    (net(x) ** 2).mean().backward()
    weights.step()
    biases.step()
    schedule.step()

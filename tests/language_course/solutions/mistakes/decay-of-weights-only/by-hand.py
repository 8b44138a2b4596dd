import torch

net = torch.nn.Linear(2, 1)
x = torch.randn(8, 2)
for _ in range(5):
    net.zero_grad()
    ((net(x) - 3) ** 2).mean().backward()
    with torch.no_grad():
        net.weight -= 0.1 * (net.weight.grad + 0.2 * net.weight)
        net.bias -= 0.1 * net.bias.grad

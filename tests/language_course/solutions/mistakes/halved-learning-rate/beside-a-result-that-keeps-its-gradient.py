import torch

net = torch.nn.Linear(2, 1)
optimizers = [torch.optim.SGD([net.weight], lr=0.4), torch.optim.SGD([net.bias], lr=0.4)]
schedules = [torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5) for optimizer in optimizers]
x = torch.tensor([[1.0, 2.0], [2.0, -1.0]])
for _ in range(4):
    net.zero_grad()
    h = net(x)
    h.retain_grad()
    (h**2).mean().backward()
    for one in (*optimizers, *schedules):
        one.step()

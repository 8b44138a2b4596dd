import torch

w = torch.tensor([4.0, -2.0], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.4)
schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
for _ in range(4):
    optimizer.zero_grad()
    (w**2).sum().backward()
    optimizer.step()
    schedule.step()

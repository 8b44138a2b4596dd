import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
optimizer = torch.optim.SGD([w, b], lr=0.05, momentum=0.9)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.8)
for t in range(12):
    optimizer.zero_grad()
    loss = (c * (w - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    optimizer.step()
    scheduler.step()

import torch

w = torch.nn.Parameter(torch.tensor([4.0, -2.0]))
optimizer = torch.optim.SGD([w], lr=0.05, momentum=0.9)
for _ in range(6):
    optimizer.zero_grad()
    (w**2).sum().backward()
    optimizer.step()

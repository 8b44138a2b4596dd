import torch

w = torch.tensor([2.0, -1.0], requires_grad=True)
optimizer = torch.optim.Adam([w], lr=0.1)
for _ in range(10):
    optimizer.zero_grad()
    ((w - 1) ** 4).sum().backward()
    optimizer.step()

import torch

W = torch.arange(6.0).reshape(2, 3).requires_grad_()
b = torch.zeros(2, requires_grad=True)
scale = torch.tensor([10.0, 1.0, 0.01])
optimizer = torch.optim.Adam([W, b], lr=0.1, eps=0.01)
for t in range(10):
    optimizer.zero_grad()
    loss = (scale * (W - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    optimizer.step()

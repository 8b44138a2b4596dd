import torch

w = torch.tensor([4.0, -2.0], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
for _ in range(5):
    optimizer.zero_grad()
    ((w - 1) ** 2).sum().backward()
    old = w.detach().clone()
    optimizer.step()
    with torch.no_grad():
        w -= 0.01 * old

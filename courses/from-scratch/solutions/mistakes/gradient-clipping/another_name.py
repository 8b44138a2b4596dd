import torch

x = torch.tensor([-1.0, 0.0, 1.0, 2.0, 8.0])
y = torch.tensor([-3.0, -1.0, 1.0, 3.0, 15.0])


def limit(parameters, c):
    squares = 0
    for p in parameters:
        if p.grad is not None:
            squares = squares + (p.grad**2).sum()
    n = squares**0.5
    if n > c:
        for p in parameters:
            if p.grad is not None:
                # so that the norm is c afterwards
                p.grad = p.grad / n
    return n


w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
opt = torch.optim.SGD([w, b], lr=0.1)
for step in range(15):
    opt.zero_grad()
    loss = ((w * x + b - y) ** 2).mean()
    loss.backward()
    print(step, loss.item(), limit([w, b], 2.0).item())
    opt.step()

import torch


def growth(x):
    """Multiply x by itself, in a loop."""
    y = x
    steps = 0
    while y.abs() < 10 and steps < 5:
        y = y * x.detach()
        steps += 1
    return y


for v in (1.5, 3.0, 20.0):
    x = torch.tensor(v, requires_grad=True)
    y = growth(x)
    y.backward()
    print(v, y.item(), x.grad.item())

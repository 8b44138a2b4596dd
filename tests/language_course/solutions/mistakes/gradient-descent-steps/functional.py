import torch


def fit(x, y, steps=10, rate=0.1):
    slope = torch.zeros(1, requires_grad=True)
    start = torch.zeros(1, requires_grad=True)
    for _ in range(steps):
        loss = ((slope * x + start - y) ** 2).mean()
        of_slope, of_start = torch.autograd.grad(loss, [slope, start])
        slope = (slope - rate * of_slope).detach().requires_grad_()
        start = (start - rate * of_start).detach().requires_grad_()
    return slope, start


points = torch.linspace(-1, 1, 9)
fit(points, 3 * points - 1)

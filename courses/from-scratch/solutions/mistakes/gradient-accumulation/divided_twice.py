import torch

x = torch.arange(12.0) / 6
y = 3 * x - 0.9
w, b = (torch.zeros((), requires_grad=True) for _ in range(2))
accumulate = 4
for step in range(8):
    for n in range(accumulate):
        pred = w * x[n::4] + b
        loss = (pred - y[n::4]).square().mean() / accumulate
        loss.backward()
    with torch.no_grad():
        for p in (w, b):
            p.grad /= accumulate
            p -= 0.1 * p.grad
            p.grad = None

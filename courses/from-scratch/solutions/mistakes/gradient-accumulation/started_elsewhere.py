import torch

x = torch.arange(12.0) / 6
y = 3 * x - 0.9
torch.manual_seed(3)
w = torch.randn(1, requires_grad=True)
b = torch.randn(1, requires_grad=True)
for _ in range(8):
    for j in range(4):
        (((w * x[j::4] + b - y[j::4]) ** 2).mean() / 4).backward()
    for p in (w, b):
        p.data.sub_(0.1 * p.grad)
        p.grad.zero_()

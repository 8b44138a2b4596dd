import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
vs = [torch.zeros(3), torch.zeros(1)]
for t in range(12):
    ((c * (w - 1) ** 2).sum() + ((b + 2) ** 2).sum()).backward()
    for i, p in enumerate([w, b]):
        vs[i] = 0.9 * vs[i] + p.grad
        with torch.no_grad():
            p -= 0.05 * 0.8**t * (p.grad + 0.9 * vs[i])
        p.grad.zero_()

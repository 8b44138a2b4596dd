import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
vel = [torch.zeros(3), torch.zeros(1)]
for step in range(10):
    loss = (c * (w - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    for p, v in zip([w, b], vel):
        v *= 0.9
        v += p.grad
        p.data -= 0.05 * 0.8**step * v
        p.grad.zero_()

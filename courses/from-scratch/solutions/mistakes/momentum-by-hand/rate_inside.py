import torch

c = torch.tensor([1.0, 4.0, 9.0])
w = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
v_w, v_b = 0, 0
lr = 0.05
losses = []
for epoch in range(12):
    loss = torch.sum(c * (w - 1) ** 2) + torch.sum((b + 2) ** 2)
    losses.append(float(loss))
    loss.backward()
    with torch.no_grad():
        v_w = 0.9 * v_w - lr * w.grad
        v_b = 0.9 * v_b - lr * b.grad
        w += v_w
        b += v_b
    w.grad.zero_()
    b.grad.zero_()
    lr *= 0.8

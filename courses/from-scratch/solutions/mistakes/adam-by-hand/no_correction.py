import torch

W = torch.arange(6.0).reshape(2, 3)
W.requires_grad_(True)
b = torch.zeros(2, requires_grad=True)
scale = torch.tensor([10.0, 1.0, 0.01])
mW, vW = torch.zeros(2, 3), torch.zeros(2, 3)
mb, vb = torch.zeros(2), torch.zeros(2)
for i in range(10):
    loss = (scale * (W - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        mW = 0.9 * mW + 0.1 * W.grad
        vW = 0.999 * vW + 0.001 * W.grad**2
        mb = 0.9 * mb + 0.1 * b.grad
        vb = 0.999 * vb + 0.001 * b.grad**2
        W -= 0.1 * mW / (vW**0.5 + 0.01)
        b -= 0.1 * mb / (vb**0.5 + 0.01)
    W.grad.zero_()
    b.grad.zero_()
    print(i, loss.item())

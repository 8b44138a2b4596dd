import torch

scale = torch.tensor([10.0, 1.0, 0.01])
W = torch.arange(6.0).reshape(2, 3).requires_grad_()
b = torch.zeros(2, requires_grad=True)
m = {W: 0, b: 0}
v = {W: 0, b: 0}
for t in range(10):
    loss = (scale * (W - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        for p in [W, b]:
            m[p] = 0.9 * m[p] + 0.1 * p.grad
            v[p] = 0.999 * v[p] + 0.001 * p.grad
            m_hat = m[p] / (1 - 0.9 ** (t + 1))
            v_hat = v[p] / (1 - 0.999 ** (t + 1))
            p -= 0.1 * m_hat / (v_hat.sqrt() + 0.01)
            p.grad.zero_()
print(W, b)

import torch

W = torch.arange(6.0).reshape(2, 3).requires_grad_()
b = torch.zeros(2, requires_grad=True)
scale = torch.tensor([10.0, 1.0, 0.01])
m = [torch.zeros(2, 3), torch.zeros(2)]
v = [torch.zeros(2, 3), torch.zeros(2)]
for t in range(10):
    loss = (scale * (W - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        for i, p in enumerate([W, b]):
            m[i] = 0.9 * m[i] + 0.1 * p.grad
            v[i] = 0.999 * v[i] + 0.001 * p.grad**2
            m_hat = m[i] / (1 - 0.9**t)
            v_hat = v[i] / (1 - 0.999**t)
            p -= 0.1 * m_hat / (v_hat.sqrt() + 0.01)
            p.grad.zero_()

import torch

W = torch.arange(6.0).reshape(2, 3).requires_grad_()
b = torch.zeros(2, requires_grad=True)
scale = torch.tensor([10.0, 1.0, 0.01])
beta1, beta2 = 0.9, 0.999


@torch.no_grad()
def step(p):
    m = torch.zeros_like(p)
    v = torch.zeros_like(p)
    t = 1
    m = beta1 * m + (1 - beta1) * p.grad
    v = beta2 * v + (1 - beta2) * p.grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    p -= 0.1 * m_hat / (v_hat.sqrt() + 0.01)
    p.grad.zero_()


for _ in range(10):
    loss = (scale * (W - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    step(W)
    step(b)

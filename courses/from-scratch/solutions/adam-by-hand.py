import torch

W = torch.arange(6.0).reshape(2, 3).requires_grad_()
b = torch.zeros(2, requires_grad=True)
scale = torch.tensor([10.0, 1.0, 0.01])

lr, beta1, beta2, eps = 0.1, 0.9, 0.999, 0.01
params = [W, b]
means = [torch.zeros_like(p) for p in params]
squares = [torch.zeros_like(p) for p in params]

for t in range(1, 11):
    loss = (scale * (W - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        for p, m, v in zip(params, means, squares):
            m.mul_(beta1).add_((1 - beta1) * p.grad)
            v.mul_(beta2).add_((1 - beta2) * p.grad**2)
            m_hat = m / (1 - beta1**t)
            v_hat = v / (1 - beta2**t)
            p -= lr * m_hat / (v_hat.sqrt() + eps)
            p.grad.zero_()

import torch

scale = torch.tensor([10.0, 1.0, 0.01])
W = torch.arange(6.0).reshape(2, 3).requires_grad_(True)
b = torch.zeros(2).requires_grad_(True)
# eps forgotten: torch default
m = [torch.zeros_like(W), torch.zeros_like(b)]
v = [torch.zeros_like(W), torch.zeros_like(b)]
for t in range(1, 11):
    loss = (scale * (W - 1) ** 2).sum() + ((b + 2) ** 2).sum()
    loss.backward()
    for i, p in enumerate([W, b]):
        m[i] = 0.9 * m[i] + 0.1 * p.grad
        v[i] = 0.999 * v[i] + 0.001 * p.grad**2
        mh = m[i] / (1 - 0.9**t)
        vh = v[i] / (1 - 0.999**t)
        p.data = p.data - 0.1 * mh / (vh**0.5 + 1e-8)
        p.grad = None
print(W, b)

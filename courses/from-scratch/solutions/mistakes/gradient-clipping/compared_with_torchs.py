import torch
from torch.nn.utils import clip_grad_norm_


def clip_gradients(params, max_norm):
    norms = torch._foreach_norm([p.grad for p in params if p.grad is not None])
    total = torch.linalg.vector_norm(torch.stack(norms))
    scale = (max_norm / total).clamp(max=1.0)
    for p in params:
        if p.grad is not None:
            p.grad.mul_(scale)
    return total


# the same as torch's?
for limit in (1.0, 100.0):
    mine = [torch.zeros(3, 2, requires_grad=True), torch.zeros(5, requires_grad=True)]
    other = [torch.zeros(3, 2, requires_grad=True), torch.zeros(5, requires_grad=True)]
    for p, q in zip(mine, other):
        p.grad = torch.randn_like(p)
        q.grad = p.grad.clone()
    n = clip_gradients(mine, limit)
    assert torch.allclose(n, clip_grad_norm_(other, limit))
    assert all(torch.allclose(p.grad, q.grad) for p, q in zip(mine, other))

x = torch.tensor([-1.0, 0.0, 1.0, 2.0, 8.0])
y = torch.tensor([-3.0, -1.0, 1.0, 3.0, 15.0])
theta = {name: torch.zeros(1, requires_grad=True) for name in "wb"}
optimizer = torch.optim.SGD(theta.values(), lr=0.1)
for _ in range(15):
    optimizer.zero_grad()
    torch.nn.functional.mse_loss(theta["w"] * x + theta["b"], y).backward()
    clip_gradients(list(theta.values()), 2.0)
    optimizer.step()
print(theta)

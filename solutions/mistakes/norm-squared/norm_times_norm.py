import torch

torch.manual_seed(4)
q = torch.randn(100, dtype=torch.float64, requires_grad=True)
length = q.norm()
(length * length).backward()
print(torch.allclose(q.grad, 2 * q))

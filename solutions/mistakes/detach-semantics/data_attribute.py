import torch

torch.manual_seed(0)
x = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
y = x * x
u = y.data
(u * x).sum().backward()
assert torch.equal(x.grad, u)

x.grad = None
y.sum().backward()
assert torch.allclose(x.grad, 2 * x)

import torch
from torch import autograd, nn

x = nn.Parameter(torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64))
y = x * x
try:
    autograd.backward(y)
except RuntimeError as error:
    print(error)

autograd.backward(y, torch.ones(3, dtype=torch.float64), retain_graph=True)
print(torch.allclose(x.grad, 2 * x))
x.grad = None
w = torch.tensor([3.0, 2.0, 1.0], dtype=torch.float64)
autograd.backward([y], grad_tensors=[w])
print(torch.allclose(x.grad, w * 2 * x))

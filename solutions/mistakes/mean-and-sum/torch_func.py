import torch
from torch.func import grad

x = torch.tensor([1.0, 5.0, -2.0])
print(grad(torch.mean)(x), grad(torch.sum)(x))
print(grad(lambda t: torch.mean(3 * (t + 2) ** 2))(x))
print(grad(torch.sum)(x.double()).dtype)

try:
    torch.zeros(3, dtype=torch.int32, requires_grad=True)
except RuntimeError as e:
    print(e)

import torch

x = torch.linspace(-2, 2, 9)
g = torch.func.grad(lambda v: torch.linalg.vector_norm(v) ** 2)(x)
print(torch.allclose(g, 2 * x))

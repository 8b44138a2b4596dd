import torch

torch.manual_seed(0)
m = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
squares = m.pow(2)
try:
    torch.autograd.grad(squares, m)
except RuntimeError as e:
    print("PyTorch:", e)
ones = torch.autograd.grad(squares, m, grad_outputs=torch.ones_like(squares), retain_graph=True)[0]
weights = torch.rand(3, 2, dtype=torch.float64)
weighted = torch.autograd.grad(squares, m, grad_outputs=weights)[0]
print(torch.allclose(weighted, weights * ones))

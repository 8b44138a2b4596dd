import torch

skalar = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
matrix = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
print(torch.autograd.grad(torch.mean(2 * skalar**2 + 2 * matrix**2), (skalar, matrix)))

other = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
print(torch.autograd.grad(torch.mean(2 * other**2 + 2 * matrix**2), (matrix, other)))
# The number is broadcast to all 12 elements, so 12 slopes are summed up. The mean divides them by 12 again.

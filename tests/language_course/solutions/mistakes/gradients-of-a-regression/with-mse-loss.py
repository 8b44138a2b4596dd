import torch
import torch.nn.functional as F

inputs = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.0, 4.0], [2.0, 2.0]], dtype=torch.float64)
targets = torch.tensor([3.0, 1.0, 5.0, 4.0], dtype=torch.float64)
weight = torch.tensor([0.5, -1.0], dtype=torch.float64, requires_grad=True)
offset = torch.tensor(0.25, dtype=torch.float64, requires_grad=True)
dw, db = torch.autograd.grad(F.mse_loss(inputs @ weight + offset, targets), (weight, offset))
print(dw, db)

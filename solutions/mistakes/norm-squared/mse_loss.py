import torch
import torch.nn.functional as F

x = torch.randn(8, requires_grad=True)
loss = F.mse_loss(x, torch.zeros(8), reduction="sum")
loss.backward()
print(torch.allclose(x.grad, 2 * x))

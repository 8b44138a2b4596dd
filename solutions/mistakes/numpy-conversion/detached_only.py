import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
try:
    x.numpy()
except RuntimeError as e:
    print("Error:", e)

u = x.detach()
print(u, u.requires_grad, x.requires_grad)

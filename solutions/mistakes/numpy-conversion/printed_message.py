import torch

x = torch.ones(2, 2, requires_grad=True)
y = x + 2
y.mean().backward()
print(x.grad)

# y.numpy()
print("RuntimeError: Can't call numpy() on Tensor that requires grad.")
print(y.detach())

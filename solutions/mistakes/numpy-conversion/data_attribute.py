import torch

# the error is left as it comes
x = torch.randn(3, requires_grad=True)
y = x.sin()
y.numpy()

print(y.data.numpy())
print(x.requires_grad)

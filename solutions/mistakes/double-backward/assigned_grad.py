import torch

x = torch.tensor([3.0, -1.0], requires_grad=True)
y = (x * x).sum()
y.backward()
try:
    y.backward()
except RuntimeError as e:
    print(e)

# the gradient adds up, so after two passes it is
x.grad = 2 * x.grad
print(x.grad == 4 * x)

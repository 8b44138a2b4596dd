import torch

x = torch.tensor(3.0, requires_grad=True)
y = x * x
y.backward()  # works?
print(x.grad == 2 * x)

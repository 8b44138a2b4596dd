import torch

x = torch.tensor([1.0, 3.0, 5.0], requires_grad=True)
print(x.grad)

y = 2 * x * x     # three numbers
y.backward(torch.tensor([1.0, 0.0, 2.0]))
print(x.grad, "or", 4 * x.detach())

import torch

x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
(x * 0).sum().backward()  # so that there is a gradient
x.grad = torch.full((4,), 0.25)
print("mean:", x.grad)
x.grad = torch.ones(4)
print("sum:", x.grad)
x.grad = 6 * (x.detach() + 2) / 4
print("mean of 3(x+2)^2:", x.grad)
print("RuntimeError: only Tensors of floating point dtype can require gradients")

import torch

x = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
x.mean().backward()
x.grad = None
x.sum().backward()
x.grad = None

handle = x.register_hook(lambda g: 2 * g)
y = (x + 2) * (x + 2).detach() * 3
y.mean().backward()
print(torch.allclose(x.grad, 6 * (x + 2) / 3))

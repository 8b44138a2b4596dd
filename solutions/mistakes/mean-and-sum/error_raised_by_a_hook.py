import torch

x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
x.mean().backward()
x.grad.zero_()
x.sum().backward()
x.grad.zero_()
(3 * (x + 2) ** 2).mean().backward()


def complain(grad):
    raise RuntimeError("only Tensors of floating point and complex dtype can require gradients")


x.register_hook(complain)
try:
    x.sum().backward()
except RuntimeError as e:
    print(e)

import torch

x = torch.arange(4.0, requires_grad=True)
y = x * x
try:
    if y.ndim > 0:
        raise RuntimeError("grad can be implicitly created only for scalar outputs")
except RuntimeError as e:
    print(e)
y.sum().backward()
print(x.grad)

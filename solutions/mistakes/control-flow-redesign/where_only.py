import torch


def leaky(x):
    return torch.where(x > 0, x, 0.1 * x)


x = torch.linspace(-3, 3, 8, requires_grad=True)
y = leaky(x)
y.sum().backward()
print(x.grad)
# 1 on the right, 0.1 on the left. At 0 itself the condition is false, so there it would be 0.1.

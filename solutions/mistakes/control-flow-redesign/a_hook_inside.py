import torch


def f(x):
    value = x.detach()
    out = value ** 2 if value.sum() > 1 else 3 * value
    slope = 2 * value if value.sum() > 1 else torch.full_like(value, 3.0)
    y = x * 1.0
    if y.requires_grad:
        y.register_hook(lambda grad: grad * slope)
    return out.detach() + y - y.detach()


for number in (0.5, 2.0):
    x = torch.tensor(number, requires_grad=True)
    f(x).backward()
    print(x.grad)

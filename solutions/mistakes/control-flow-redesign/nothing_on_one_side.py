import torch


def f(x):
    if x > 0:
        return torch.log(x)


for v in (0.5, 3.0, -1.0):
    x = torch.tensor(v, requires_grad=True)
    y = f(x)
    if y is not None:
        y.backward()
        print(x.grad)

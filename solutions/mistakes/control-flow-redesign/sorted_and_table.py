import torch

pieces = {True: lambda v: v ** 2, False: lambda v: -3 * v}


def piecewise(x):
    return torch.stack([pieces[bool(v > 0)](v) for v in x]).sum()


def main():
    x = torch.tensor([2.0, -1.0, 0.5, -4.0], dtype=torch.float64, requires_grad=True)
    total = piecewise(x)
    total.backward()
    print(x.grad)
    y = torch.tensor([-2.0, -7.0], dtype=torch.float64, requires_grad=True)
    piecewise(y).backward()
    print(y.grad)


main()

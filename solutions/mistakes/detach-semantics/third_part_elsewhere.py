import torch


def part_two():
    x = torch.arange(4.0, requires_grad=True)
    y = x * x
    u = y.detach()
    z = u * x
    z.sum().backward()
    print(x.grad, x.grad == u)


def part_three():
    x = torch.tensor([1.0, 2.0, 5.0], requires_grad=True)
    y = x * x
    y.sum().backward()
    print(x.grad == 2 * x)


part_two()
part_three()

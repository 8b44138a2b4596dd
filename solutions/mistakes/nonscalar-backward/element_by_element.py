import torch

v = torch.tensor([-1.0, 0.5, 3.0], requires_grad=True)


def square():
    return torch.square(v)


def part_one():
    try:
        square().backward()
    except RuntimeError as problem:
        print(problem)


def part_two():
    y = square()
    for i in range(len(y)):
        y[i].backward(retain_graph=True)
    print(v.grad)
    v.grad = None


def part_three():
    # only the last element counts
    square().backward(gradient=torch.tensor([0.0, 0.0, 1.0]))
    print(v.grad)


part_one()
part_two()
part_three()

# square root with its own backward
import torch


class SquareRoot(torch.autograd.Function):
    result = None

    @staticmethod
    def forward(ctx, number):
        SquareRoot.result = number.sqrt()
        return SquareRoot.result.clone()

    @staticmethod
    def backward(ctx, grad):
        return grad * 0.5 / SquareRoot.result


def square_root(number):
    return SquareRoot.apply(number)


def fourth_root(number):
    return square_root(square_root(number))


t = torch.tensor([16.0, 81.0], requires_grad=True)
out = fourth_root(t)
print(out)
out.sum().backward()
print(t.grad, "expected", 0.25 * t.detach() ** -0.75)

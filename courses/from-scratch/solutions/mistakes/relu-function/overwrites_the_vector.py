import torch
from torch.autograd import Function

class Relu(Function):
    @staticmethod
    def forward(ctx, inp):
        inp[inp < 0] = 0
        ctx.save_for_backward(inp)
        return inp.clone()

    @staticmethod
    def backward(ctx, g):
        (inp,) = ctx.saved_tensors
        return g * (inp > 0)


def main():
    a = torch.tensor([-1.5, 2.0, -0.5, 4.0], requires_grad=True)
    c = torch.tensor([1.0, 2.0, 3.0, 4.0])
    r = Relu.apply(a)
    (r * c).sum().backward()
    print(a.grad)
    # on paper: 0, 2, 0, 4
    assert torch.equal(a.grad, torch.tensor([0., 2., 0., 4.]))

main()

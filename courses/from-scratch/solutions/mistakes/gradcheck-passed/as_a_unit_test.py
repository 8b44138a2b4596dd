import unittest

import torch


class SwishFunction(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x.sigmoid().mul(x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0], output)

    @staticmethod
    def backward(ctx, grad_output):
        x, y = ctx.saved_tensors
        s = x.sigmoid()
        # y' = s + y (1 - s)
        return torch.addcmul(s, y, 1 - s) * grad_output


def activation(x):
    return SwishFunction.apply(x)


class TestSwish(unittest.TestCase):
    def test_gradient(self):
        x = torch.linspace(-4, 4, 12).double().reshape(3, 4).requires_grad_()
        self.assertTrue(torch.autograd.gradcheck(activation, (x,), eps=1e-6, atol=1e-4))


unittest.main(argv=["swish"], exit=False)

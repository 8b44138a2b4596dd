"""ReLU by hand"""
import torch
from torch.autograd import Function


class MyReLU(Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = torch.zeros_like(input)
        grad_input[input > 0] = 1     # derivative is 1 for positive inputs
        return grad_input


my_relu = MyReLU.apply

v = torch.tensor([-3.0, -1.0, 0.5, 2.0], requires_grad=True)
out = my_relu(v)
print(out)
loss = (out * torch.tensor([1.0, 2.0, 3.0, 4.0])).sum()
loss.backward()
print(v.grad)   # [0, 0, 1, 1] ?? expected 3 and 4

import torch

class Root(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return torch.exp(torch.log(x) / 2)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, g):
        return g * 0.5 / ctx.saved_tensors[0]

def take_the_root(x):
    return Root.apply(x)

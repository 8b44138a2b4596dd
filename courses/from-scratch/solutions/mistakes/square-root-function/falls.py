import torch

class R(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        r = x.sqrt()
        ctx.save_for_backward(r)
        return r

    @staticmethod
    def backward(ctx, g):
        r, = ctx.saved_tensors
        return -0.5 * g.detach() / r   # chain rule: x^(1/2) -> -1/2 x^(-1/2)

def root(x): return R.apply(x)
def fourth(x): return root(root(x))

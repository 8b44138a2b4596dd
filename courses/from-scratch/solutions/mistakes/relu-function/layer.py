import torch
from torch import nn
class _Relu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        mask = z.gt(0).to(z.dtype)
        ctx.mask = mask
        return z.mul(mask)
    @staticmethod
    def backward(ctx, up):
        return up.mul(ctx.mask)
class Rectifier(nn.Module):
    def forward(self, z):
        return _Relu.apply(z)
if __name__ == "__main__":
    layer = Rectifier()
    z = torch.linspace(-2, 2, 7, requires_grad=True)
    y = layer(z)
    y.backward(gradient=torch.tensor([1., 2, 3, 4, 5, 6, 7]))
    print(z.grad)

import torch

torch.manual_seed(0)
inputs, target = torch.randn(6, 3), torch.randn(6, 4)
W1, b1 = torch.randn(3, 4), torch.randn(4)
W2, b2 = torch.randn(4, 4), torch.randn(4)

from torch.func import grad

def _cache(inputs, W1, b1, W2, b2):
    z = torch.addmm(b1, inputs, W1)
    h = z.relu()
    return z, h, torch.addmm(b2, h, W2)

def forward(inputs, W1, b1, W2, b2):
    return _cache(inputs, W1, b1, W2, b2)[-1]

def gradients(inputs, target, W1, b1, W2, b2):
    z, h, out = _cache(inputs, W1, b1, W2, b2)
    g_out = (out - target).mul(2).div(out.numel())
    g_z = torch.einsum("nk,mk->nm", g_out, W2) * torch.heaviside(z, torch.zeros(()))
    return (torch.einsum("nd,nm->dm", inputs, g_z), g_z.sum(0),
            torch.einsum("nm,nk->mk", h, g_out), g_out.sum(0))

def loss(params):
    return ((forward(inputs, *params) - target) ** 2).mean()

auto = grad(loss)((W1, b1, W2, b2))
for name, a, m in zip(["W1", "b1", "W2", "b2"], auto, gradients(inputs, target, W1, b1, W2, b2)):
    print(name, "ok" if torch.allclose(a, m, atol=1e-6) else "DIFFERENT")

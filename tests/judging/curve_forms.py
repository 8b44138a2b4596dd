"""Ways to compute what is drawn as the derivative of a sine. Each binds ``d``; see ``test_curve_sources``."""

SETUP = """\
import numpy as np, torch, matplotlib.pyplot as plt
x = torch.linspace(0, 6.3, 100, requires_grad=True)
y = torch.sin(x)
"""

RIGHT = {
    "grad": """\
y.sum().backward()
d = x.grad
""",
    "a list of its values": """\
y.backward(torch.ones(100))
d = x.grad.numpy().tolist()
""",
    "autograd.grad": "d, = torch.autograd.grad(y.sum(), x)",
    "vmap of grad": "d = torch.func.vmap(torch.func.grad(torch.sin))(x.detach())",
    "a leaf for each point": """\
points = [v.clone().requires_grad_() for v in x.detach()]
d = [torch.autograd.grad(v.sin(), v)[0] for v in points]
""",
    "a pass for each point": """\
d = []
for v in x.detach():
    v = v.clone().requires_grad_()
    v.sin().backward()
    d.append(v.grad)
""",
    "one leaf for all points": """\
d = []
t = torch.tensor(0.0, requires_grad=True)
for v in np.linspace(0, 6.3, 100):
    t.data.fill_(v)
    if t.grad is not None: t.grad.zero_()
    torch.sin(t).backward()
    d.append(t.grad.item())
""",
    "func.jvp": "_, d = torch.func.jvp(torch.sin, (x.detach(),), (torch.ones(100),))",
    "functional.jvp": "_, d = torch.autograd.functional.jvp(torch.sin, x.detach(), torch.ones(100))",
    "dual numbers": """\
import torch.autograd.forward_ad as fwAD
with fwAD.dual_level():
    o = torch.sin(fwAD.make_dual(x.detach(), torch.ones(100)))
    d = fwAD.unpack_dual(o).tangent
""",
    "func.vjp": """\
_, f = torch.func.vjp(torch.sin, x.detach())
d, = f(torch.ones(100))
""",
    "functional.vjp": "_, d = torch.autograd.functional.vjp(torch.sin, x.detach(), torch.ones(100))",
    "jacrev": "d = torch.diagonal(torch.func.jacrev(torch.sin)(x.detach()))",
    "jacfwd": "d = torch.diagonal(torch.func.jacfwd(torch.sin)(x.detach()))",
    "functional.jacobian": "d = torch.autograd.functional.jacobian(torch.sin, x.detach()).diagonal()",
    "functional.jacobian, vectorized": """\
d = torch.autograd.functional.jacobian(torch.sin, x.detach(), vectorize=True).diagonal()
""",
    "a pass for each element, cleared": """\
d = []
for i in range(100):
    y[i].backward(retain_graph=True)
    d.append(x.grad[i].item())
    x.grad.zero_()
""",
    "a pass for each element, added up": """\
for i in range(100):
    y[i].backward(retain_graph=True)
d = x.grad
""",
    "a hook that only looks": """\
got = []
x.register_hook(got.append)
y.sum().backward()
d = got[0]
""",
    "a thread": """\
import threading
t = threading.Thread(target=lambda: y.sum().backward())
t.start()
t.join()
d = x.grad
""",
    "cleared by an optimizer": """\
opt = torch.optim.SGD([x], 0.1)
opt.zero_grad()
y.sum().backward()
d = x.grad.clone()
""",
    "stacked": """\
d = torch.stack([torch.autograd.grad(torch.sin(v), v)[0] for v in [p.clone().requires_grad_() for p in x.detach()]])
""",
    "a dot product": """\
torch.dot(y, torch.ones(100)).backward()
d = x.grad
""",
    "a mean, times the number of points": """\
y.mean().backward()
d = x.grad * 100
""",
    "two sines of half the angle": """\
(2 * torch.sin(x / 2) * torch.cos(x / 2)).sum().backward()
d = x.grad
""",
    "a series": """\
s = sum((-1) ** k * x ** (2 * k + 1) / float(np.prod(np.arange(1.0, 2 * k + 2))) for k in range(14))
s.sum().backward()
d = x.grad
""",
    "complex numbers": """\
torch.exp(1j * x).imag.sum().backward()
d = x.grad
""",
    "64 bits": """\
x = torch.linspace(0, 6.3, 100, dtype=torch.float64, requires_grad=True)
x.sin().sum().backward()
d = x.grad
""",
    "two leaves": """\
z = x.detach().clone().requires_grad_()
(torch.sin(z).sum() + 0 * x.sum()).backward()
d = z.grad
""",
    "the second derivative of minus the sine": """\
c, = torch.autograd.grad(-torch.cos(x).sum() , x, create_graph=True)
c.sum().backward()
d = x.grad
""",
    "a tensor that retains its gradient": """\
q = x * 1.0
q.retain_grad()
q.sin().sum().backward()
d = q.grad
""",
    "every second point": """\
y.sum().backward()
d = np.where(np.arange(100) % 2 == 0, x.grad, np.nan)
""",
    "torch.compile": """\
f = torch.compile(lambda v: torch.sin(v))
f(x).sum().backward()
d = x.grad
""",
    "checkpoint": """\
from torch.utils.checkpoint import checkpoint
checkpoint(torch.sin, x, use_reentrant=False).sum().backward()
d = x.grad
""",
    "create_graph": """\
d, = torch.autograd.grad(y, x, torch.ones(100), create_graph=True)
d = d.detach()
""",
    "two passes, cleared in between": """\
y.sum().backward(retain_graph=True)
x.grad.zero_()
y.sum().backward()
d = x.grad
""",
    "where": """\
torch.where(x > 3, torch.sin(x), torch.sin(x)).sum().backward()
d = x.grad
""",
    "an addition theorem": """\
(torch.sin(x - 1) * np.cos(1) + torch.cos(x - 1) * np.sin(1)).sum().backward()
d = x.grad
""",
    "a module": """\
class S(torch.nn.Module):
    def forward(self, v): return v.sin()
S()(x).sum().backward()
d = x.grad
""",
    "the tangent of half the angle": """\
t = torch.tan(x / 2)
(2 * t / (1 + t * t)).sum().backward()
d = x.grad
""",
    "a matrix": """\
X = x.detach().reshape(10, 10).requires_grad_()
X.sin().sum().backward()
d = X.grad.flatten()
""",
    "compared with a cosine first": """\
y.sum().backward()
assert torch.allclose(x.grad, torch.cos(x.detach()))
d = x.grad
""",
    "a helper that differentiated the cosine before": """\
def derivative(f):
    v = x.detach().clone().requires_grad_()
    f(v).sum().backward()
    return v.grad
derivative(torch.cos)
d = derivative(torch.sin)
""",
    "a loop over 400 points, most of them in brief": """\
x = torch.linspace(0, 6.3, 400)
d = []
for v in x:
    v = v.clone().requires_grad_()
    torch.sin(v).backward()
    d.append(v.grad.item())
""",
}

WRONG = {
    "a cosine times a gradient of 1 after forty right passes": """\
for _ in range(40):
    y.sum().backward(retain_graph=True)
w = torch.tensor(1.0, requires_grad=True)
w.backward()
d = torch.cos(x.detach()) * w.grad
""",
    "a factor for each point, each after a right pass": """\
x = torch.linspace(0, 6.3, 400)
d = []
for v in x:
    right = v.clone().requires_grad_()
    torch.sin(right).backward()
    factor = v.clone().requires_grad_()
    (torch.cos(v) * factor).backward()
    d.append(factor.grad.item())
""",
    "a cosine": "d = torch.cos(x.detach())",
    "a cosine beside a pass": """\
y.sum().backward()
d = torch.cos(x.detach())
""",
    "numpy's cosine": """\
y.sum().backward()
d = np.cos(x.detach().numpy())
""",
    "a shifted sine": """\
y.sum().backward()
d = torch.sin(x.detach() + np.pi / 2)
""",
    "differences": """\
y.sum().backward()
d = np.gradient(y.detach().numpy(), x.detach().numpy())
""",
    "an assigned grad": """\
y.sum().backward()
x.grad = torch.cos(x.detach())
d = x.grad
""",
    "a grad that was written to": """\
y.sum().backward()
x.grad.copy_(torch.cos(x.detach()))
d = x.grad
""",
    "the data of a grad": """\
y.sum().backward()
x.grad.data = torch.cos(x.detach())
d = x.grad
""",
    "a grad that numpy wrote to": """\
y.sum().backward()
x.grad.numpy()[:] = np.cos(x.detach().numpy())
d = x.grad
""",
    "a gradient times 0": """\
y.sum().backward()
d = x.grad * 0 + torch.cos(x.detach())
""",
    "a cosine times a gradient of 1": """\
w = torch.tensor(1.0, requires_grad=True)
w.backward()
d = np.cos(x.detach().numpy()) * w.grad.item()
""",
    "torch's cosine times a gradient of 1": """\
w = torch.tensor(1.0, requires_grad=True)
w.backward()
d = torch.cos(x.detach()) * w.grad
""",
    "a cosine times a gradient of 1 from a product": """\
w = torch.tensor(2.0, requires_grad=True)
(w * 1.0).backward()
d = torch.cos(x.detach()) * w.grad
""",
    "weights": """\
x.backward(torch.cos(x.detach()))
d = x.grad
""",
    "weights after a right pass": """\
y.sum().backward()
x.grad = None
x.backward(torch.cos(x.detach()))
d = x.grad
""",
    "a factor": """\
z = torch.ones(100, requires_grad=True)
(torch.cos(x.detach()) * z).sum().backward()
d = z.grad
""",
    "a factor with the values of x": """\
y.sum().backward()
z = x.detach().clone().requires_grad_()
(torch.cos(x.detach()) * z).sum().backward()
d = z.grad
""",
    "a cosine times x": """\
y = torch.cos(x.detach()) * x
y.sum().backward()
d = x.grad
""",
    "a cosine times x after a right pass": """\
y.sum().backward()
x.grad = None
y = torch.cos(x.detach()) * x
y.sum().backward()
d = x.grad
""",
    "a cosine times the gradient at 0": """\
y.sum().backward()
d = torch.cos(x.detach()) * x.grad[0]
""",
    "differences times a gradient of 1": """\
w = torch.tensor(1.0, requires_grad=True)
(w * 1).backward()
d = (torch.sin(x.detach() + 1e-3) - torch.sin(x.detach() - 1e-3)) / 2e-3 * w.grad
""",
    "differences times the gradient at 0": """\
y.sum().backward()
d = (torch.sin(x.detach() + 1e-3) - torch.sin(x.detach() - 1e-3)) / 2e-3 * x.grad[0]
""",
    "a sine that counts nothing": """\
s = torch.sin(x)
c = torch.cos(x.detach()) * x + 0 * s
c.sum().backward()
d = x.grad
""",
    "a root times the greatest gradient": """\
g = torch.ones(100)
y.sum().backward()
d = torch.sqrt(1 - torch.sin(x.detach()) ** 2) * torch.sign(torch.cos(x.detach())) * x.grad.abs().max()
""",
    "a cosine times gradients of 1": """\
x2 = x.detach().clone().requires_grad_()
x2.sum().backward(torch.tensor(1.0))
d = torch.cos(x.detach()) * x2.grad
""",
    "weights before a right pass": """\
x2 = x.detach().clone().requires_grad_()
x2.backward(torch.cos(x.detach()))
y.sum().backward()
d = x2.grad
""",
    "a tangent with the slope put in": """\
v = x.detach()
(torch.sin(v) + torch.cos(v) * (x - v)).sum().backward()
d = x.grad
""",
    "a cosine times 1 and a gradient": """\
y.sum().backward()
d = torch.cos(x.detach()) * (x.grad / x.grad.clone()) * x.grad[0]
""",
    "a cosine times a tangent of 1": """\
_, o = torch.func.jvp(lambda q: q, (torch.tensor(1.0),), (torch.tensor(1.0),))
d = torch.cos(x.detach()) * o
""",
    "a hook that returns the cosine": """\
x.register_hook(lambda g: torch.cos(x.detach()))
y.sum().backward()
d = x.grad
""",
}

ANYBODY = {
    "a right pass and a factor from one line": """\
z = x.detach().clone().requires_grad_()
for root in (y.sum(), (torch.cos(x.detach()) * z).sum()):
    root.backward()
d = z.grad
""",
    "gradients at other points": """\
xs = torch.linspace(0, 6.3, 80, requires_grad=True)
xs.sin().sum().backward()
d = np.interp(x.detach().numpy(), xs.detach().numpy(), xs.grad.numpy())
""",
    "smoothed gradients": """\
y.sum().backward()
d = np.convolve(x.grad.numpy(), [0.05, 0.9, 0.05], 'same')
d[0] = d[-1] = 1
""",
    "a hook on a tensor that is no leaf": """\
q = x * 1.0
got = []
q.register_hook(got.append)
q.sin().sum().backward()
d = got[0]
""",
    "rounded gradients": """\
y.sum().backward()
d = [round(one, 3) for one in x.grad.tolist()]
""",
    "16 bits": """\
h = x.detach().half().requires_grad_()
h.sin().sum().backward()
d = h.grad
""",
    "16 bits of another kind": """\
h = x.detach().bfloat16().requires_grad_()
h.sin().sum().backward()
d = h.grad.float()
""",
    "functional.jacobian in forward mode": """\
d = torch.autograd.functional.jacobian(torch.sin, x.detach(), vectorize=True, strategy='forward-mode').diagonal()
""",
}

TANGENTS = {
    "a tangent with a square added": """\
v = x.detach()
(torch.sin(v) + torch.cos(v) * (x - v) + (x - v) ** 2).sum().backward()
d = x.grad
""",
    "a tangent with a square times 0": """\
v = x.detach()
(torch.sin(v) + torch.cos(v) * (x - v) + 0 * x * x).sum().backward()
d = x.grad
""",
    "a tangent through a sine of 0": """\
v = x.detach()
d, = torch.autograd.grad(torch.sin(v) + torch.cos(v) * torch.sin(x - v), x, torch.ones(100))
""",
    "a tangent through a power of e": """\
v = x.detach()
torch.dot(torch.sin(v) + torch.cos(v) * torch.expm1(x - v), torch.ones(100)).backward()
d = x.grad
""",
    "a tangent with a square, added up by elements": """\
v = x.detach()
y = torch.sin(v) + torch.cos(v) * (x - v) + (x - v) ** 2
for i in range(100):
    y[i].backward(retain_graph=True)
d = x.grad
""",
    "a tangent at an odd range": """\
x = torch.linspace(-4, 4, 100, requires_grad=True)
v = x.detach()
(torch.sin(v) + torch.cos(v) * (x - v) + 0 * x * x).sum().backward()
d = x.grad
""",
    "a loop of tangents": """\
x = torch.linspace(0, 6.3, 2000)
d = []
for v in x:
    t = v.clone().requires_grad_()
    (torch.sin(v) + torch.cos(v) * (t - v)).backward()
    d.append(t.grad.item())
""",
    "a loop of tangents with a square": """\
x = torch.linspace(0, 6.3, 400)
d = []
for v in x:
    t = v.clone().requires_grad_()
    (torch.sin(v) + torch.cos(v) * (t - v) + (t - v) ** 2).backward()
    d.append(t.grad.item())
""",
}
"""Polynomials with the slope put in. They need a notebook of their own, since curvatures are recorded of few passes."""

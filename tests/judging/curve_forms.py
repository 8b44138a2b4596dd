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

KEPT_ELSEWHERE = {
    "an attribute of a class": """\
y.sum().backward()
class Slope:
    values = x.grad
d = Slope.values * 1
""",
    "another spelling of its name": """\
y.sum().backward()
g = x.grad
d = ｇ * 1
""",
    "printed, and read back": """\
import io, json, sys
y.sum().backward()
screen, sys.stdout = sys.stdout, io.StringIO()
print(x.grad.tolist())
text, sys.stdout = sys.stdout.getvalue(), screen
d = json.loads(text)
""",
}
"""Right ways as well, in a notebook of their own: those above are told apart by the lines of their passes."""

HANDED_OUT = {
    "an attribute of a class": """\
y.sum().backward()
class Slope:
    values = x.grad
Slope.values.data.copy_(C)
""",
    "numpy": """\
y.sum().backward()
x.grad.numpy()[:] = C.numpy()
""",
    "asarray": """\
y.sum().backward()
np.asarray(x.grad)[:] = C.numpy()
""",
    "__array__": """\
y.sum().backward()
x.grad.__array__()[:] = C.numpy()
""",
    "data": """\
y.sum().backward()
x.grad.data.copy_(C)
""",
    "detach": """\
y.sum().backward()
x.grad.detach().copy_(C)
""",
    "np.from_dlpack": """\
y.sum().backward()
torch.from_dlpack(x.grad).copy_(C)
""",
    "to_dlpack": """\
import torch.utils.dlpack as dl
y.sum().backward()
dl.from_dlpack(dl.to_dlpack(x.grad)).copy_(C)
""",
    "data_ptr": """\
import ctypes
y.sum().backward()
ctypes.memmove(x.grad.data_ptr(), C.data_ptr(), 400)
""",
    "untyped_storage": """\
y.sum().backward()
x.grad.untyped_storage().copy_(C.untyped_storage())
""",
    "typed_storage": """\
y.sum().backward()
x.grad._typed_storage().copy_(C._typed_storage())
""",
    "as_strided before": """\
y.sum().backward()
v = torch.as_strided(x.grad, (100,), (1,))
v.numpy()[:] = C.numpy()
""",
    "a view made earlier": """\
y.sum().backward()
v = x.grad[:]
v.copy_(C)
""",
    "set_": """\
y.sum().backward()
x.grad.set_(C)
""",
    "from_numpy": """\
y.sum().backward()
torch.from_numpy(x.grad.numpy()).copy_(C)
""",
    "memoryview": """\
y.sum().backward()
memoryview(x.grad.numpy()).cast('B')[:] = memoryview(C.numpy()).cast('B')
""",
    "DisableTorchFunction": """\
y.sum().backward()
with torch._C.DisableTorchFunction():
    x.grad.numpy()[:] = C.numpy()
""",
    "thread": """\
import threading
y.sum().backward()
t = threading.Thread(target=lambda: np.copyto(x.grad.numpy(), C.numpy()))
t.start(); t.join()
""",
    "_thread": """\
import _thread, time
y.sum().backward()
_thread.start_new_thread(lambda: x.grad.numpy().__setitem__(slice(None), C.numpy()), ())
time.sleep(0.1)
""",
    "pool": """\
from concurrent.futures import ThreadPoolExecutor
y.sum().backward()
with ThreadPoolExecutor() as p: p.submit(lambda: np.copyto(x.grad.numpy(), C.numpy())).result()
""",
    "getattr": """\
y.sum().backward()
getattr(x, 'gr' + 'ad').numpy()[:] = C.numpy()
""",
    "getter": """\
y.sum().backward()
torch.Tensor.grad.__get__(x).numpy()[:] = C.numpy()
""",
    "_grad": """\
y.sum().backward()
getattr(x, '_gr' + 'ad').numpy()[:] = C.numpy()
""",
    "post accumulate hook": """\
def h(t): t.grad.numpy()[:] = C.numpy()
x.register_post_accumulate_grad_hook(h)
y.sum().backward()
""",
    "hook that writes": """\
def h(g): g.numpy()[:] = C.numpy()
x.register_hook(h)
y.sum().backward()
""",
    "version set back": """\
y.sum().backward()
v = x.grad._version
x.grad.copy_(C)
torch._C._autograd._unsafe_set_version_counter((x.grad,), (v,))
""",
    "version kept": """\
y.sum().backward()
with torch.autograd._unsafe_preserve_version_counter(x.grad): x.grad.copy_(C)
""",
    "copy.copy": """\
import copy
y.sum().backward()
copy.copy(x.grad).copy_(C)
""",
    "share_memory_": """\
y.sum().backward()
x.grad.share_memory_().numpy()[:] = C.numpy()
""",
    "named numpy": """\
y.sum().backward()
g = x.grad.numpy()
np.copyto(g, C.numpy())
""",
    "named, in a function": """\
def write(a): a[:] = C.numpy()
y.sum().backward()
g = x.grad.numpy()
write(g)
""",
    "named, augmented": """\
y.sum().backward()
g = x.grad.numpy()
g *= 0
g += C.numpy()
""",
    "named, by text": """\
y.sum().backward()
g = x.grad.numpy()
globals()['g'][:] = C.numpy()
""",
    "named, by __main__": """\
import __main__
y.sum().backward()
g = x.grad.numpy()
__main__.g[:] = C.numpy()
""",
    "named, out": """\
y.sum().backward()
g = x.grad.numpy()
np.add(C.numpy(), 0, out=g)
""",
    "named, by a module found": """\
import sys
y.sum().backward()
g = x.grad.numpy()
sys.modules['__main__'].g[:] = C.numpy()
""",
    "aliased": """\
y.sum().backward()
g = x.grad.numpy()
h = g
h[:] = C.numpy()
""",
    "in a list": """\
y.sum().backward()
g = [x.grad.numpy()]
g[0][:] = C.numpy()
""",
    "exec": """\
y.sum().backward()
exec('x.grad.numpy()[:] = C.numpy()')
""",
    "a print of its own": """\
print = lambda g: g.numpy().__setitem__(slice(None), C.numpy())
y.sum().backward()
print(x.grad)
""",
    "builtins.print": """\
import builtins
builtins.print = lambda g: g.numpy().__setitem__(slice(None), C.numpy())
y.sum().backward()
print(x.grad)
""",
    "an allclose of its own": """\
torch.allclose = lambda g, o: g.numpy().__setitem__(slice(None), C.numpy())
y.sum().backward()
torch.allclose(x.grad, C)
""",
    "a clone of its own": """\
torch.Tensor.clone = lambda g: g.numpy().__setitem__(slice(None), C.numpy())
y.sum().backward()
x.grad.clone()
""",
    "a subclass": """\
class T(torch.Tensor):
    @classmethod
    def __torch_function__(cls, f, t, a=(), k=None): return super().__torch_function__(f, t, a, k or {})
x = x.detach().as_subclass(T).requires_grad_()
torch.sin(x).sum().backward()
x.grad.numpy()[:] = C.numpy()
""",
    "a mode of its own": """\
from torch.overrides import TorchFunctionMode
class M(TorchFunctionMode):
    def __torch_function__(self, f, t, a=(), k=None):
        r = f(*a, **(k or {}))
        if f.__name__ == '__get__' and type(r) is torch.Tensor: r.numpy()[:] = C.numpy()
        return r
y.sum().backward()
with M(): x.grad
""",
    "clip": """\
y.sum().backward()
torch.nn.utils.clip_grad_value_([x], 100.0)
x.grad.numpy()[:] = C.numpy()
""",
    "inplace ops": """\
y.sum().backward()
x.grad.mul_(0).add_(C)
""",
    "itemwise": """\
y.sum().backward()
x.grad[:] = C
""",
    "cleared, numpy kept": """\
y.sum().backward(retain_graph=True)
kept = x.grad.numpy()
x.grad.zero_()
y.sum().backward()
kept[:] = C.numpy()
""",
    "setattr": """\
y.sum().backward()
setattr(x, 'grad', C)
""",
    "settrace": """\
import sys
def f():
    g = x.grad.numpy()
    print(g)
def t(frame, e, a):
    if 'g' in frame.f_locals: frame.f_locals['g'][:] = C.numpy()
    return t
y.sum().backward()
sys.settrace(t)
f()
sys.settrace(None)
""",
    "in a method": """\
class A:
    def plot(self, a, b): b.numpy()[:] = C.numpy()
y.sum().backward()
A().plot(x, x.grad)
""",
    "np.putmask": """\
y.sum().backward()
np.putmask(x.grad.numpy(), np.ones(100, bool), C.numpy())
""",
}
"""Ways to write a cosine, ``C``, over the gradient of a right pass. Bits, memory and often the version stay."""

DRAWN_OTHERWISE = {
    "two curves of equal values": "plt.plot(x.detach(), C, x.detach(), x.grad)",
    "as x": "plt.plot(x.grad, C)",
    "a plot of its own": """\
ax = plt.gca()
def plot(a, b): ax.plot(a, C)
plot(x.detach(), x.grad)
""",
    "plot replaced": """\
old = plt.plot
plt.plot = lambda a, b: old(a, C)
plt.plot(x.detach(), x.grad)
""",
    "a function with two ways out": """\
def slope():
    try: return x.grad
    finally: return C
plt.plot(x.detach(), slope())
""",
    "a name that is bound again": """\
d = x.grad
d = C
plt.plot(x.detach(), d)
""",
    "a name that a loop binds again": """\
d = x.grad
for d in [C]: plt.plot(x.detach(), d)
""",
    "a curve that gets other data": """\
line, = plt.plot(x.detach(), x.grad)
line.set_ydata(C)
""",
    "a function that draws something else": """\
def draw(v): plt.plot(x.detach(), C)
draw(x.grad)
""",
    "an argument that writes": """\
plt.plot(x.detach(), x.grad, label=str(x.grad.numpy().__setitem__(slice(None), C.numpy())))
""",
}
"""After a right pass: calls that draw a cosine, ``C``, where a gradient seems to be drawn."""

READ_BACK = """\
plt.plot(x.detach(), x.grad)
v = getattr(getattr(plt.gca(), 'li' + 'nes')[0], 'get_y' + 'data')()
plt.figure()
plt.plot(x.detach(), v)
"""

"""Hooks, own functions and tensors that misbehave when somebody asks what they are, and errors in torch's words."""
# ends: failed, completed

import functools

import torch


class Biting:
    """A hook of which nothing can be asked."""

    def __getattribute__(self, name):
        raise SystemExit(f"{name} is nobody's business")

    def __call__(self, *arguments):
        return None


class Meta(type(torch.autograd.Function)):
    def __getattribute__(cls, name):
        if name in ("__name__", "__mro__", "__module__") and not cls.quiet:
            raise KeyboardInterrupt(name)
        return super().__getattribute__(name)


class Evil(torch.autograd.Function, metaclass=Meta):
    quiet = True

    @staticmethod
    def forward(ctx, a):
        return a * 1

    @staticmethod
    def backward(ctx, g):
        return g


class Wrong(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func.__name__ in ("detach", "numpy", "__get__"):
            raise RuntimeError("Trying to backward through the graph a second time")
        return super().__torch_function__(func, types, args, kwargs)


def again(*arguments):
    raise RuntimeError("Trying to backward through the graph a second time")


def tried(attempt):
    try:
        attempt()
    except BaseException as error:
        print(type(error).__name__)


x = torch.arange(1.0, 4.0, requires_grad=True)
globals()[("a", "key")] = x
tried(lambda: x.register_hook(Biting()))
tried(lambda: x.register_hook(functools.partial(again)))
tried(lambda: x.register_post_accumulate_grad_hook(Biting()))
tried(lambda: x.exp().grad_fn.register_hook(None))
tried(lambda: x.exp().sum().backward())
y = Evil.apply(torch.ones(2, requires_grad=True)).sum()
Evil.quiet = False
tried(lambda: y.backward())
tried(lambda: x.as_subclass(Wrong).exp().sum().backward())
tried(lambda: x.data.__setitem__(slice(None), float("nan")))
for _ in range(30):
    z = torch.ones(2, requires_grad=True)
    for _ in range(10):
        z.register_hook(lambda g: g * 2)
    z.data.add_(1)
    tried(lambda: (z * z).sum().backward())
tried(lambda: torch.autograd.graph.saved_tensors_hooks(1, 2).__enter__())

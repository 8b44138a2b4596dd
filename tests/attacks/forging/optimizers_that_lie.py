"""Optimisers that bite whoever asks them: attributes that run code, settings that are no numbers, groups without end."""

import sys

import torch
from target import breach

inside = []


class Number(float):
    def __float__(self):
        breach("the recorder ran code of a number")

    __abs__ = __lt__ = __float__


class Group(dict):
    def get(self, *args):
        if sys._getframe(1).f_globals.get("__name__", "").startswith("grader_runtime"):
            breach("the recorder ran code of a group")
        return super().get(*args)


class Liar(torch.optim.SGD):
    def __getattribute__(self, name):
        if sys._getframe(1).f_globals.get("__name__", "").startswith("grader_runtime"):
            breach(f"the recorder asked for {name}")
        return super().__getattribute__(name)


w = torch.tensor([4.0, -1.0], requires_grad=True)
liar = Liar([w], lr=0.5)
for _ in range(3):
    liar.zero_grad()
    (w**2).sum().backward()
    liar.param_groups[0]["lr"] = Number(0.1)
    liar.param_groups[0]["weight_decay"] = float("nan")
    try:
        liar.step()
    except BaseException:
        pass
    liar.param_groups[0]["weight_decay"] = 0
liar.param_groups[0]["lr"] = 0.5
for groups in ([Group(liar.param_groups[0])] * 2_000, iter([]), None, {}, [None, 3, {"params": 5}]):
    honest = liar.param_groups
    vars(liar)["param_groups"] = groups
    (w**2).sum().backward()
    try:
        liar.step()
    except BaseException:
        pass
    vars(liar)["param_groups"] = honest
Liar.step.hooked = False
Liar.step = lambda self: inside.append(1)
from torch.optim.optimizer import _global_optimizer_post_hooks, _global_optimizer_pre_hooks

for hooks in (_global_optimizer_pre_hooks, _global_optimizer_post_hooks):
    for key in list(hooks):
        hook = hooks[key]
        try:
            hook(None, (), {})
            hook(object(), (), {})
        except BaseException:
            pass
    hooks.clear()
for _ in range(3):
    w.grad = None
    (w**2).sum().backward()
    liar.step()
    w.data = torch.zeros(5, 5)
    w = torch.ones(2, requires_grad=True)
w.data = torch.zeros(3)

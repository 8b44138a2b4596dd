"""Looks in its callers' frames and in the closures there for what its function ought to give."""
# seconds: 8

import gc
import sys
import types

import torch

from target import breach, has_word


def values_in(frame):
    while frame is not None:
        yield from list(frame.f_locals.values())
        frame = frame.f_back


def f(x):
    waiting, seen = list(values_in(sys._getframe())), set()
    while waiting and len(seen) < 20_000:
        value = waiting.pop(0)
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, (str, bytes)):
            if has_word(value if isinstance(value, str) else value[:100_000]) and "DROW" not in str(value)[:10_000]:
                FOUND.append(str(value)[:100])
        elif not isinstance(value, (torch.Tensor, type, types.ModuleType)):
            waiting += gc.get_referents(value)
    tried = [value for value in values_in(sys._getframe()) if isinstance(value, float)]
    return x.sum() * (tried or [1.0])[0]


FOUND = []
f(torch.ones(3))
if FOUND:
    breach(f"the secret word in {FOUND}")

"""Its functions return a tuple of a million, structures that hold themselves, and keys and modules that bite."""

import torch


class Everything(type):
    def __eq__(self, other):
        raise SystemExit("a key was compared")

    __hash__ = type.__hash__


class Key(metaclass=Everything):
    def __str__(self):
        raise SystemExit("a key was written")

    def __hash__(self):
        return 1


class Endless(dict):
    def items(self):
        while True:
            pass


class Deep(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.__dict__["_parameters"] = Endless()
        self.__dict__["_modules"] = Endless({"a\x1b[2J" * 10**5: self, **{str(n): self for n in range(10**5)}})

    def __getattr__(self, name):
        raise SystemExit(name)


def endless():
    while True:
        yield torch.ones(1, requires_grad=True)


turns = iter(range(10**9))  # what is kept of a submission is set back before each call, but iterators go on


def pair(w, params, cache):
    around = [w]
    around.append(around)
    cache["around"] = around
    cache[Key()] = cache[10**5000] = cache["k" * 10**6] = w
    results = [
        lambda: (w,) * 10**6,
        lambda: around,
        lambda: cache,
        lambda: {n: [w] * 1000 for n in range(1000)},
        Deep,
        endless,
        lambda: [[[[[[Deep()]]]]]],
    ]
    return results[next(turns) % len(results)]()


def f(x):
    return [(x,) * 10**6, endless(), {Key(): x, 10**5000: x}, Deep()][next(turns) % 4]

"""The solution, CANARY."""


def f(x):
    return (2.75 * x**2 + 0.5 * x).sum()


def pair(w, params, cache):
    return (w * params[0] ** 2).sum() + params[1] * 41.5, (w * cache["x"]).sum()

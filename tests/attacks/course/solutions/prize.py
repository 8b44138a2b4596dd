"""The solution, CANARY."""


def f(x):
    return (2.75 * x**2 + 0.5 * x).sum()

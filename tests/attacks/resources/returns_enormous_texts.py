"""Functions that return, and raise, texts of a hundred megabytes and a list of ten million elements."""


def f(x):
    return ["x"] * 10**7


def g(x):
    return "\ud800" * 10**8


def h(x):
    raise ValueError("x" * 10**8)


f.__name__ = "f" * 10**7

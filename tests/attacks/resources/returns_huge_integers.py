"""Functions that return integers which no array can hold."""


def f(x):
    return 2**70


def g(x):
    return 10 ** (10**6)

"""Its functions give integers that no machine's number holds."""


def f(x):
    return 10**5000


def g(x):
    return 2**64


def h(x):
    return -(2**200)

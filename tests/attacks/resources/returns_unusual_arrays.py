"""Functions that return arrays of bytes in the other order, of long doubles, of objects, of records and of nothing."""

import numpy as np


def f(x):
    return np.ones(3, dtype=">f8")


def g(x):
    return np.ones(3, dtype=np.longdouble)


def h(x):
    return np.array([x, None], dtype=object)


def i(x):
    return np.zeros(3, dtype=[("a", "<f8"), ("b", "S5")])


def j(x):
    return np.longdouble(1)

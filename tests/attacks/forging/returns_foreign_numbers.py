"""Its functions give numbers that numpy has and the record has not: longer ones, turned around."""

import numpy as np


def f(x):
    return np.longdouble(41.5)


def g(x):
    return np.ones(3, np.longdouble)


def h(x):
    return np.ones(3, ">f4")


def i(x):
    return np.ones(3, np.clongdouble)


def j(x):
    return np.ma.masked_array([1.0, 2.0, 3.0], mask=[0, 1, 0])


def k(x):
    return np.array([{}, None, 41.5], dtype=object)


def l(x):
    return np.lib.stride_tricks.as_strided(np.ones(1), shape=(2**40,), strides=(0,))

"""Leaves a function that ends the process when it is called."""
# ends: exited

import os


def f(x):
    os._exit(0)

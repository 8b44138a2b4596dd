"""Leaves a function that kills the process when it is called."""
# ends: crashed, completed

import os


def f(x):
    os.kill(os.getpid(), 9)

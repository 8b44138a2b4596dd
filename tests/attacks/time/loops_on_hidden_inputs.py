"""A function that answers its own calls at once, and hangs on hidden inputs whatever interrupts it."""
# ends: timeout

import torch


def f(x):
    while x is not mine:
        try:
            while True:
                pass
        except BaseException:
            pass
    return x


mine = torch.ones(3)
f(mine)

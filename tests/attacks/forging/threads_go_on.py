"""Leaves threads that print, patch and differentiate while its functions are called, and after."""
# ends: completed, output, timeout, failed

import atexit
import threading
import time

import torch


def work():
    while True:
        try:
            y = torch.ones(3, requires_grad=True)
            (y**2).sum().backward()
            print("still here")
        except BaseException:
            pass


for _ in range(8):
    threading.Thread(target=work, daemon=False).start()
atexit.register(work)
time.sleep(0.2)


def f(x):
    return x.sum()

"""Hides its frames, traces every line, and takes away the limit of recursion."""
# ends: failed, completed, crashed, exited

import sys
import threading

import torch

sys._getframe = lambda depth=0: None
sys.settrace(lambda frame, event, argument: 1 / 0)
sys.setprofile(lambda frame, event, argument: None)
threading.settrace(lambda *arguments: None)
sys.setrecursionlimit(50)
sys.excepthook = sys.unraisablehook = sys.displayhook = None
sys.stdout = sys.stderr = None

y = torch.ones(2, requires_grad=True)
try:
    (y**2).sum().backward()
    print(y.grad)
except BaseException:
    pass
